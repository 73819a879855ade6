//! The command line.

use crate::report::count;

pub(crate) const USAGE: &str = "\
Usage: reconnect_storm [--sessions N] [--rate N]

  --sessions N  sessions to play, 12 to 20,000 (10,000, or as many as files may be open)
  --rate N      events published in a second, 1 to 100,000 (30)
  -h, --help    this text

Exit status: 0 all guarantees held, 1 the scene could not be played,
2 bad arguments, 3 a guarantee broke.
";

/// So that each part is played by somebody.
pub(crate) const FEWEST: usize = 12;

pub(crate) struct Options {
    pub(crate) sessions: usize,
    pub(crate) rate: usize,
}

/// Reads the arguments; `Ok(None)` asks for help.
pub(crate) fn parse(
    mut arguments: impl Iterator<Item = String>,
) -> Result<Option<Options>, String> {
    let (mut sessions, mut rate) = (None, None);
    while let Some(argument) = arguments.next() {
        let (flag, inline) = match argument.split_once('=') {
            Some((flag, value)) => (flag, Some(value.to_string())),
            None => (argument.as_str(), None),
        };
        let (place, least, most) = match flag {
            "-h" | "--help" if inline.is_none() => return Ok(None),
            "--sessions" => (&mut sessions, FEWEST, 20_000),
            "--rate" => (&mut rate, 1, 100_000),
            _ => return Err(format!("unknown argument {argument:?}")),
        };
        let value = inline.or_else(|| arguments.next());
        let number = value.as_deref().and_then(|value| value.parse().ok());
        let Some(number) = number.filter(|number| (least..=most).contains(number)) else {
            let found = value.map_or("nothing".to_string(), |value| format!("{value:?}"));
            let (least, most) = (count(least), count(most));
            return Err(format!(
                "{flag} expects a whole number from {least} to {most}, and found {found}"
            ));
        };
        if place.replace(number).is_some() {
            return Err(format!("{flag} is given twice"));
        }
    }
    Ok(Some(Options { sessions: sessions.unwrap_or(10_000), rate: rate.unwrap_or(30) }))
}
