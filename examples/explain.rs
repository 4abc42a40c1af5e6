//! Explains recorded traces, or refutes them.
//!
//! `cargo run --example explain -- trace.jsonl …` reads recordings in any form that there is a reader for, packed by gzip or
//! not, prints what was found, and ends with 0 if every trace is accepted, 1 if one is refuted, 2 if one is undecided, 3 if one
//! cannot be read.
//!
//! ```text
//! --reader NAME        the form of the files, where their content does not tell: trace, har, actiontrail, core-log, httpx-log
//! --policy FILE        the readings that differ from the defaults, as JSON
//! --clock-error MS     how far the clocks of the recorder and of the service may differ
//! --others             somebody else may have called meanwhile
//! --readings           tries every value of every contested reading
//! --page FILE          writes the page to a file, and prints only the verdicts
//! --account ID         the account of access keys that are not sixteen digits
//! ```

use std::fmt::Display;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use failover_model::trace::explain::{Options, Others, Verdict, explain, learn, shorten};
use failover_model::trace::reader::{Form, Origin};
use failover_model::trace::{Exchange, Trace};
use failover_model::{AccountId, Span};
use flate2::read::MultiGzDecoder;

/// What was asked for.
struct Asked {
    files: Vec<PathBuf>,
    options: Options,
    readings: bool,
    page: Option<PathBuf>,
    account: AccountId,
    reader: Option<Form>,
}

fn main() -> ExitCode {
    match run() {
        Ok(Verdict::Accepted) => ExitCode::SUCCESS,
        Ok(Verdict::Refuted) => ExitCode::from(1),
        Ok(Verdict::Undecided) => ExitCode::from(2),
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(3)
        }
    }
}

fn run() -> Result<Verdict, String> {
    let asked = asked()?;
    let (mut pages, mut traces, mut verdict) = (String::new(), Vec::new(), Verdict::Accepted);
    for file in &asked.files {
        let trace = read(file, &asked)?;
        let (usable, told, unused) = (trace.exchanges.len(), trace.told.len(), trace.unused.len());
        let name = file.display();
        eprintln!("{name}: {usable} exchanges, {told} events told, {unused} entries of no use or not whole");
        let explanation = explain(&trace, &asked.options);
        println!("{}: {}", file.display(), explanation.verdict());
        verdict = verdict.max(explanation.verdict());
        pages.push_str(&explanation.page(&|number| trace.exchanges.get(number)));
        if !trace.unused.is_empty() {
            pages.push_str("\n## Not used\n\n");
            trace
                .unused
                .iter()
                .for_each(|unused| pages.push_str(&format!("* {}: {}\n", unused.at, unused.why)));
        }
        if explanation.verdict() == Verdict::Refuted {
            let left =
                shorten(&trace, &asked.options, &mut |left| eprint!("\rshortening: {left} exchanges  "));
            eprintln!();
            pages.push_str(&shortest(&left));
        }
        traces.push(trace);
    }
    if asked.readings {
        let lessons =
            learn(&traces, &asked.options, &mut |made, of| eprint!("\rreadings: {made} of {of} trials  "));
        eprintln!();
        pages.push_str(&lessons.section());
    }
    match &asked.page {
        Some(file) => fs::write(file, pages).map_err(|error| format!("{}: {error}", file.display()))?,
        None => println!("\n{pages}"),
    }
    Ok(verdict)
}

fn shortest(left: &[Exchange]) -> String {
    let mut text = format!("\n## The shortest part that is still refuted, {} exchanges\n\n", left.len());
    for exchange in left {
        let answer = match &exchange.answer {
            Some(answer) => format!("{} {}", answer.status, answer.body),
            None => "any answer".into(),
        };
        text.push_str(&format!("* {} {:?} -> {answer}\n", exchange.action, exchange.parameters));
    }
    text
}

fn asked() -> Result<Asked, String> {
    let account = AccountId::parse("1234567890123456").map_err(|bad| bad.to_string())?;
    let mut asked = Asked {
        files: Vec::new(),
        options: Options::default(),
        readings: false,
        page: None,
        account,
        reader: None,
    };
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--others" => asked.options.others = Others::MayCall,
            "--readings" => asked.readings = true,
            "--page" => asked.page = Some(PathBuf::from(value()?)),
            "--account" => asked.account = AccountId::parse(&value()?).map_err(|bad| bad.to_string())?,
            "--reader" => asked.reader = Some(value()?.parse()?),
            "--clock-error" => {
                let ms = value()?.parse().map_err(|error| format!("--clock-error: {error}"))?;
                asked.options.clock_error = Span::from_millis(ms);
            }
            "--policy" => {
                let file = value()?;
                let text = fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
                asked.options.policy =
                    serde_json::from_str(&text).map_err(|error| format!("{file}: {error}"))?;
            }
            option if option.starts_with("--") => return Err(format!("there is no option {option}")),
            file => asked.files.push(PathBuf::from(file)),
        }
    }
    if asked.files.is_empty() { Err("name at least one trace".into()) } else { Ok(asked) }
}

/// The longest recording that is read once it is unpacked, in bytes.
const LONGEST: u64 = 1 << 30;

fn read(file: &Path, asked: &Asked) -> Result<Trace, String> {
    let unread = |why: &dyn Display| format!("{}: {why}", file.display());
    let mut bytes = fs::read(file).map_err(|error| unread(&error))?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = Vec::new();
        let unpack = MultiGzDecoder::new(bytes.as_slice()).take(LONGEST + 1).read_to_end(&mut unpacked);
        unpack.map_err(|error| unread(&error))?;
        if unpacked.len() as u64 > LONGEST {
            return Err(unread(&format!("it has more than {LONGEST} bytes once it is unpacked")));
        }
        bytes = unpacked;
    }
    let text = String::from_utf8(bytes).map_err(|error| unread(&error))?;
    let form = asked.reader.or_else(|| Form::of(&text));
    let form = form.ok_or_else(|| unread(&"its content is of no known form; name one with --reader"))?;
    let origin = Origin { account: asked.account.clone(), region: None };
    form.read(&text, &origin).map_err(|error| unread(&error))
}
