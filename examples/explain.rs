//! Explains recorded traces, or refutes them.
//!
//! `cargo run --example explain -- trace.jsonl …` reads traces in the project's own form and HAR files (`.har`), prints what
//! was found, and ends with 0 if every trace is accepted, 1 if one is refuted, 2 if one is undecided, 3 if one cannot be read.
//!
//! ```text
//! --policy FILE        the readings that differ from the defaults, as JSON
//! --clock-error MS     how far the clocks of the recorder and of the service may differ
//! --others             somebody else may have called meanwhile
//! --readings           tries every value of every contested reading
//! --page FILE          writes the page to a file, and prints only the verdicts
//! --account ID         the account of access keys that are not sixteen digits
//! ```

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use failover_model::trace::explain::{Options, Others, Verdict, explain, learn, shorten};
use failover_model::trace::reader::{Origin, har};
use failover_model::trace::{Exchange, Trace};
use failover_model::{AccountId, Span};

/// What was asked for.
struct Asked {
    files: Vec<PathBuf>,
    options: Options,
    readings: bool,
    page: Option<PathBuf>,
    account: AccountId,
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
        let trace = read(file, &asked.account)?;
        eprintln!("{}: {} exchanges", file.display(), trace.exchanges.len());
        let explanation = explain(&trace, &asked.options);
        println!("{}: {}", file.display(), explanation.verdict());
        verdict = verdict.max(explanation.verdict());
        pages.push_str(&explanation.page(&|number| trace.exchanges.get(number)));
        trace.unused.iter().for_each(|unused| pages.push_str(&format!("* {}: {}\n", unused.at, unused.why)));
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
    let mut asked =
        Asked { files: Vec::new(), options: Options::default(), readings: false, page: None, account };
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--others" => asked.options.others = Others::MayCall,
            "--readings" => asked.readings = true,
            "--page" => asked.page = Some(PathBuf::from(value()?)),
            "--account" => asked.account = AccountId::parse(&value()?).map_err(|bad| bad.to_string())?,
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

fn read(file: &Path, account: &AccountId) -> Result<Trace, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let origin = Origin { account: account.clone(), region: None };
    let read = match file.extension().and_then(|extension| extension.to_str()) {
        Some("har") => har(&text, &origin),
        _ => Trace::read(&text),
    };
    read.map_err(|error| format!("{}: {error}", file.display()))
}
