//! What the sources say that the API has: its futures, and the code of users that it
//! calls.
//!
//! | found | where | as |
//! |---|---|---|
//! | a future | `impl Future for X`, `impl Stream for X`, a function that returns one | `X`, `X::f` |
//! | a callback | a method of a public trait that users implement | `Trait::f` |
//! | | a bound by a trait from elsewhere, of a public function or implementation | `X::f: F: FnOnce` |
//! | | a function pointer that a public function takes | `X::f: fn` |
//! | | a type parameter of a public type, which that may drop | `drop of T` |
//!
//! Public is what `lib.rs` exports, itself or by a public module. The parser is `syn`, so
//! that layout and comments do not matter; it looks into `const_fn!`, and each other macro
//! must be known to bring nothing new.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use quote::ToTokens as _;
use syn::visit::Visit;
use syn::{
    Attribute, FnArg, GenericParam, Generics, ImplItem, Item, ItemImpl, ItemTrait, ReturnType,
    Signature, Type, TypeParamBound, UseTree, Visibility, WherePredicate,
};

#[derive(Debug, Default)]
pub(crate) struct Api {
    pub(crate) futures: BTreeSet<String>,
    pub(crate) callbacks: BTreeSet<String>,
    exported: BTreeSet<String>,
    /// The crate's own traits: what they call is listed by their methods.
    own: BTreeSet<String>,
    sealed: BTreeSet<String>,
}

/// Say nothing of code that is called.
const MARKERS: [&str; 7] =
    ["Send", "Sync", "Sized", "Copy", "Unpin", "UnwindSafe", "RefUnwindSafe"];

/// These implement the crate's traits for types of its own or of the language.
const MACROS: [&str; 11] = [
    "opaque",
    "pointers",
    "tuples",
    "by_size",
    "integers",
    "by",
    "non_zero",
    "grids",
    "thread_local",
    "with_u64",
    "without_u64",
];

fn sources() -> Vec<syn::File> {
    fn collect(folder: &Path, files: &mut Vec<syn::File>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // The seam is the crate's own, and so are unit tests.
            if ["src/sync", "src/sync.rs", "budget/tests.rs"].iter().any(|end| path.ends_with(end))
            {
                continue;
            }
            if path.is_dir() {
                collect(&path, files);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                files.push(syn::parse_file(&text).unwrap_or_else(|e| panic!("{path:?}: {e}")));
            }
        }
    }
    let mut files = vec![];
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    files
}

/// Only in the models or in unit tests.
fn is_elsewhere(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let text = attribute.to_token_stream().to_string();
        let cfg = attribute.path().is_ident("cfg");
        cfg && (text.contains("test") || text == "# [cfg (bellwether_modelled)]")
    })
}

pub(crate) fn scan() -> Api {
    let mut api = Api::default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let parse =
        |name: &str| syn::parse_file(&fs::read_to_string(root.join(name)).unwrap()).unwrap();
    let lib = parse("lib.rs");
    api.export(&lib.items);
    for item in &lib.items {
        if let (Item::Mod(module), true) = (item, is_public(item)) {
            if module.content.is_none() {
                api.export(&parse(&format!("{}.rs", module.ident)).items);
            }
        }
    }
    let files = sources();
    // Twice: what extends a sealed trait is sealed too.
    files.iter().chain(&files).for_each(|file| api.traits(&file.items));
    files.iter().for_each(|file| api.items(&file.items));
    api
}

fn is_public(item: &Item) -> bool {
    let visibility = match item {
        Item::Use(item) => &item.vis,
        Item::Mod(item) => &item.vis,
        Item::Struct(item) => &item.vis,
        Item::Enum(item) => &item.vis,
        Item::Trait(item) => &item.vis,
        Item::Type(item) => &item.vis,
        Item::Fn(item) => &item.vis,
        _ => return false,
    };
    is_open(visibility)
}

fn is_open(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// The text of it, without spaces.
fn text(tokens: impl quote::ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}

/// The name at the end of a path.
fn last(path: &syn::Path) -> String {
    path.segments.last().expect("not empty").ident.to_string()
}

fn name_of(r#type: &Type) -> String {
    match r#type {
        Type::Path(path) => last(&path.path),
        Type::Reference(to) => format!("&{}", name_of(&to.elem)),
        other => text(other),
    }
}

impl Api {
    fn export(&mut self, items: &[Item]) {
        for item in items.iter().filter(|item| is_public(item)) {
            match item {
                Item::Use(item) if !is_elsewhere(&item.attrs) => self.names(&item.tree),
                Item::Struct(item) => _ = self.exported.insert(item.ident.to_string()),
                Item::Enum(item) => _ = self.exported.insert(item.ident.to_string()),
                Item::Trait(item) => _ = self.exported.insert(item.ident.to_string()),
                Item::Type(item) => _ = self.exported.insert(item.ident.to_string()),
                Item::Fn(item) => panic!("a free function: {}", item.sig.ident),
                _ => {}
            }
        }
    }

    fn names(&mut self, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => self.names(&path.tree),
            UseTree::Name(name) => _ = self.exported.insert(name.ident.to_string()),
            UseTree::Rename(rename) => _ = self.exported.insert(rename.ident.to_string()),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.names(tree)),
            UseTree::Glob(_) => panic!("the scan needs names"),
        }
    }

    fn traits(&mut self, items: &[Item]) {
        for item in items {
            let Item::Trait(item) = item else { continue };
            let name = item.ident.to_string();
            let supers = text(&item.supertraits);
            // By what it says of itself, or by what it extends.
            let extends = |sealed: &String| supers.split('+').any(|of| of == sealed);
            if supers.contains("Sealed") || name == "Layout" || self.sealed.iter().any(extends) {
                self.sealed.insert(name.clone());
            }
            self.own.insert(name);
        }
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Impl(item) if !is_elsewhere(&item.attrs) => self.implementation(item),
                Item::Trait(item) => self.methods(item),
                Item::Struct(item) => self.parameters(&item.ident.to_string(), &item.generics),
                Item::Enum(item) => self.parameters(&item.ident.to_string(), &item.generics),
                Item::Mod(item) if !is_elsewhere(&item.attrs) => {
                    self.items(item.content.as_ref().map_or(&[][..], |(_, items)| items));
                }
                Item::Macro(item) => {
                    let name = last(&item.mac.path);
                    let known = name == "macro_rules" || MACROS.contains(&name.as_str());
                    assert!(known || name == "const_fn", "what does `{name}!` bring to the API?");
                }
                _ => {}
            }
        }
    }

    fn parameters(&mut self, name: &str, generics: &Generics) {
        if self.exported.contains(name) {
            for parameter in generics.type_params() {
                self.callbacks.insert(format!("drop of {}", parameter.ident));
            }
        }
    }

    fn methods(&mut self, item: &ItemTrait) {
        let name = item.ident.to_string();
        if !self.exported.contains(&name) || self.sealed.contains(&name) {
            return;
        }
        for item in &item.items {
            match item {
                syn::TraitItem::Fn(item) => {
                    self.callbacks.insert(format!("{name}::{}", item.sig.ident));
                    self.signature(&name, &item.sig);
                }
                syn::TraitItem::Type(item) => {
                    self.callbacks.insert(format!("drop of {name}::{}", item.ident));
                }
                _ => {}
            }
        }
    }

    fn implementation(&mut self, item: &ItemImpl) {
        let name = name_of(&item.self_ty);
        let of_trait = item.trait_.as_ref().map(|(_, path, _)| last(path));
        if let Some("Future" | "Stream") = of_trait.as_deref() {
            self.futures.insert(name.clone());
            self.callbacks.insert("Waker".to_string());
        }
        let generic = item.generics.type_params().any(|parameter| parameter.ident == name);
        if !self.exported.contains(&name) && !generic {
            return;
        }
        if of_trait.as_ref().is_some_and(|of| self.sealed.contains(of)) {
            return;
        }
        let place = of_trait.map_or(name.clone(), |of| format!("{of} for {name}"));
        self.bounds(&place, &item.generics);
        for part in &item.items {
            match part {
                ImplItem::Fn(part) if is_elsewhere(&part.attrs) => {}
                ImplItem::Fn(part) if item.trait_.is_some() || is_open(&part.vis) => {
                    self.signature(&place, &part.sig);
                }
                ImplItem::Macro(part) => {
                    assert_eq!(last(&part.mac.path), "const_fn", "in `{place}`");
                    let inner: syn::ImplItemFn = part.mac.parse_body().expect("a function");
                    if is_open(&inner.vis) {
                        self.signature(&place, &inner.sig);
                    }
                }
                _ => {}
            }
        }
    }

    fn signature(&mut self, place: &str, signature: &Signature) {
        let place = format!("{place}::{}", signature.ident);
        self.bounds(&place, &signature.generics);
        assert!(signature.asyncness.is_none(), "{place}: list its future");
        if let ReturnType::Type(_, output) = &signature.output {
            if matches!(&**output, Type::ImplTrait(output) if text(output).contains("Future<")) {
                self.futures.insert(place.clone());
            }
        }
        for argument in &signature.inputs {
            if let FnArg::Typed(argument) = argument {
                let mut looks = Arguments { api: self, place: &place };
                looks.visit_type(&argument.ty);
            }
        }
    }

    fn bounds(&mut self, place: &str, generics: &Generics) {
        for parameter in &generics.params {
            if let GenericParam::Type(parameter) = parameter {
                for bound in &parameter.bounds {
                    self.bound(place, &parameter.ident.to_string(), bound);
                }
            }
        }
        for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            if let WherePredicate::Type(predicate) = predicate {
                for bound in &predicate.bounds {
                    self.bound(place, &text(&predicate.bounded_ty), bound);
                }
            }
        }
    }

    fn bound(&mut self, place: &str, of: &str, bound: &TypeParamBound) {
        let TypeParamBound::Trait(bound) = bound else { return };
        let name = last(&bound.path);
        if !MARKERS.contains(&name.as_str()) && !self.own.contains(&name) {
            self.callbacks.insert(format!("{place}: {of}: {name}"));
        }
    }
}

/// Looks for code among a function's arguments.
struct Arguments<'a> {
    api: &'a mut Api,
    place: &'a str,
}

impl Visit<'_> for Arguments<'_> {
    fn visit_type(&mut self, argument: &Type) {
        match argument {
            Type::BareFn(_) => _ = self.api.callbacks.insert(format!("{}: fn", self.place)),
            Type::TraitObject(object) => {
                object.bounds.iter().for_each(|bound| self.api.bound(self.place, "dyn", bound));
            }
            Type::ImplTrait(object) => {
                object.bounds.iter().for_each(|bound| self.api.bound(self.place, "impl", bound));
            }
            Type::Path(path) if last(&path.path) == "Formatter" => {
                self.api.callbacks.insert("Formatter".to_string());
            }
            _ => {}
        }
        syn::visit::visit_type(self, argument);
    }
}
