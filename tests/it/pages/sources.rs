//! Sources can be opened: each rule cites a section of `docs/facts` or `docs/design.md`, and each link with an anchor, in
//! a source, a page or a comment, leads to a heading.
//!
//! A link is `NAME.md#anchor`; an anchor is the slug that GitHub makes of a heading. The checks are functions over text,
//! shown on a fixed sample first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::fs;
use std::path::PathBuf;

use failover_model::catalogue;
use failover_model::policy::READINGS;

use super::root;

/// The sign that cites a section by number.
const SECTION: char = '\u{a7}';

/// The pages by path from the root, each with its text.
struct Pages(BTreeMap<String, String>);

impl Pages {
    fn read() -> Self {
        let mut pages = BTreeMap::new();
        for path in files(&["docs", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"], &["md"]) {
            let text = fs::read_to_string(root().join(&path)).unwrap();
            pages.insert(path, text);
        }
        Self(pages)
    }

    /// What is wrong with a link found in a page or directory, if anything.
    fn complaint(&self, directory: &str, link: &Link) -> Option<String> {
        let path = join(directory, &link.path);
        match self.0.get(&path) {
            None => Some(format!("{link} leads to no page ({path})")),
            Some(text) if !slugs(text).contains(&link.anchor) => Some(format!("{link} leads to no heading")),
            Some(_) => None,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Link {
    path: String,
    anchor: String,
}

impl Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.path, self.anchor)
    }
}

/// The files below some places with some extensions, by path from the root.
fn files(places: &[&str], extensions: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut left: Vec<PathBuf> = places.iter().map(|place| root().join(place)).collect();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ending| extensions.iter().any(|known| ending == *known))
            && path.is_file()
        {
            let from_root = path.strip_prefix(root()).unwrap();
            let names = from_root.iter().map(|name| name.to_str().unwrap());
            found.push(names.collect::<Vec<_>>().join("/"));
        }
    }
    found.sort();
    found
}

/// `path` as seen from `directory`, with `.` and `..` resolved.
fn join(directory: &str, path: &str) -> String {
    let mut names: Vec<&str> = directory.split('/').filter(|name| !name.is_empty()).collect();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    names.join("/")
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// The lines of a page outside fenced blocks.
fn prose(page: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    page.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// The anchors that GitHub gives to the headings of a page.
fn slugs(page: &str) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut anchors = BTreeSet::new();
    for line in prose(page) {
        let title = line.trim_start_matches('#');
        let depth = line.len() - title.len();
        if !(1..=6).contains(&depth) || !title.starts_with(' ') {
            continue;
        }
        let kept = title.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let slug = kept.collect::<String>().to_lowercase().replace(' ', "-");
        let times = seen.entry(slug.clone()).or_default();
        anchors.insert(if *times == 0 { slug } else { format!("{slug}-{times}") });
        *times += 1;
    }
    anchors
}

/// The links `NAME.md#anchor` in plain text.
fn links(text: &str) -> Vec<Link> {
    let in_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    let in_anchor = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    text.match_indices(".md#")
        .filter_map(|(at, mark)| {
            let before = &text[..at];
            let path = &before[before.trim_end_matches(in_path).len()..];
            let after = &text[at + mark.len()..];
            let anchor = &after[..after.len() - after.trim_start_matches(in_anchor).len()];
            let elsewhere = path.starts_with("//");
            (!elsewhere).then(|| Link { path: format!("{path}.md"), anchor: anchor.to_string() })
        })
        .collect()
}

/// The relative links with an anchor in a page; one that is an anchor alone leads into the page itself.
fn page_links(path: &str, page: &str) -> Vec<Link> {
    let name = path.rsplit('/').next().unwrap();
    let targets =
        prose(page).flat_map(|line| line.split("](").skip(1)).filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains("://"))
        .filter_map(|target| target.split_once('#'))
        .map(|(path, anchor)| Link {
            path: if path.is_empty() { name } else { path }.to_string(),
            anchor: anchor.to_string(),
        })
        .collect()
}

/// What is wrong with the sources of rules, one line for each fault.
fn faults_of_sources<'a>(
    sources: impl IntoIterator<Item = (impl Display, &'a str)>,
    pages: &Pages,
) -> Vec<String> {
    let mut faults = Vec::new();
    for (rule, source) in sources {
        let found = links(source);
        if source.contains(SECTION) {
            faults.push(format!("{rule}: cites a section by number: {source}"));
        }
        let cites = |link: &Link| link.path.starts_with("facts/") || link.path == "design.md";
        if !found.iter().any(cites) {
            faults.push(format!("{rule}: no link: {source}"));
        }
        faults.extend(
            found.iter().filter_map(|link| Some(format!("{rule}: {}", pages.complaint("docs", link)?))),
        );
    }
    faults
}

/// What is wrong with the links with an anchor in pages, one line for each fault.
fn faults_of_pages(pages: &Pages) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, page) in &pages.0 {
        for link in page_links(path, page) {
            faults.extend(pages.complaint(directory(path), &link).map(|fault| format!("{path}: {fault}")));
        }
    }
    faults
}

/// What is wrong with a file that is no page: links from the root, and sections cited by number.
fn faults_of_file(path: &str, text: &str, pages: &Pages) -> Vec<String> {
    let mut faults = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        if line.contains(SECTION) {
            faults.push(format!("{path}:{number}: cites a section by number"));
        }
        let from_root = links(line).into_iter().filter(|link| link.path.starts_with("docs/"));
        faults.extend(from_root.filter_map(|link| {
            let fault = pages.complaint("", &link)?;
            Some(format!("{path}:{number}: {fault}"))
        }));
    }
    faults
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// A page, a heading of it twice, and pages that cite them.
fn sample() -> Pages {
    let facts = "# Facts: `x`\n\n## Pair failover\n\n```text\n# no heading\n```\n\n## Pair failover\n\n### A – b, c_d (e)\n";
    let guide = "[there](facts/x.md#pair-failover-1) [dead](facts/x.md#no-heading) [here](#guide)\n# Guide\n\
                 [away](https://example.org/y.md#z) [gone](facts/y.md#z)\n";
    let pages = [("docs/facts/x.md", facts), ("docs/guide.md", guide)];
    Pages(pages.map(|(path, text)| (path.to_string(), text.to_string())).into())
}

#[test]
fn a_heading_has_the_anchor_that_the_web_page_gives_it() {
    let anchors = ["a--b-c_d-e", "facts-x", "pair-failover", "pair-failover-1"].map(String::from);
    assert_eq!(slugs(&sample().0["docs/facts/x.md"]), anchors.into());
}

#[test]
fn a_dead_link_and_a_missing_one_are_reported_with_their_rule() {
    let sources = [
        ("X-1", "the page: facts/x.md#pair-failover, facts/x.md#facts-x"),
        ("X-2", "the page: facts/x.md#pair-failover, facts/x.md#reprotect."),
        ("X-3", "the page"),
        ("X-4", "the page: facts/y.md#pair-failover"),
        ("X-5", "the page \u{a7}4.1: facts/x.md#pair-failover"),
        ("X-6", "the guide: guide.md#guide"),
        ("X-7", "https://example.org/x.md#pair-failover"),
    ];
    let expected = [
        "X-2: facts/x.md#reprotect leads to no heading",
        "X-3: no link: the page",
        "X-4: facts/y.md#pair-failover leads to no page (docs/facts/y.md)",
        "X-5: cites a section by number: the page \u{a7}4.1: facts/x.md#pair-failover",
        "X-6: no link: the guide: guide.md#guide",
        "X-7: no link: https://example.org/x.md#pair-failover",
    ];
    assert_eq!(faults_of_sources(sources, &sample()), expected);
}

#[test]
fn a_dead_link_of_a_page_or_a_comment_is_reported_with_its_place() {
    let expected = [
        "docs/guide.md: facts/x.md#no-heading leads to no heading",
        "docs/guide.md: facts/y.md#z leads to no page (docs/facts/y.md)",
    ];
    assert_eq!(faults_of_pages(&sample()), expected);
    let file = "//! (`docs/facts/x.md#pair-failover`)\n//! \u{a7}4.1\n//! `docs/facts/x.md#reprotect`\n";
    let expected = [
        "src/x.rs:2: cites a section by number",
        "src/x.rs:3: docs/facts/x.md#reprotect leads to no heading",
    ];
    assert_eq!(faults_of_file("src/x.rs", file, &sample()), expected);
}

#[test]
fn every_rule_cites_a_section_that_is_there() {
    let rules = catalogue::rules();
    let sources = rules.iter().map(|rule| (rule.id, rule.source));
    none(&faults_of_sources(sources, &Pages::read()));
}

#[test]
fn every_reading_cites_a_section_that_is_there() {
    let sources = READINGS.iter().map(|reading| (reading.name.1, reading.source));
    none(&faults_of_sources(sources, &Pages::read()));
}

#[test]
fn every_link_with_an_anchor_leads_to_a_heading() {
    let pages = Pages::read();
    let facts = pages.0.keys().filter(|path| path.starts_with("docs/facts/")).count();
    assert_eq!(facts, 3, "EBS, PolarDB, idempotency");
    none(&faults_of_pages(&pages));
}

#[test]
fn no_section_is_cited_by_number_and_comments_cite_what_is_there() {
    let pages = Pages::read();
    let read = |path: &String| fs::read_to_string(root().join(path)).unwrap();
    let places = ["src", "tests", "examples", "docs", "README.md", "CHANGELOG.md"];
    let files = files(&places, &["rs", "md", "txt", "json", "toml"]);
    assert!(files.len() > 100, "the places are read: {}", files.len());
    // This file has links to pages of a sample.
    let others = files.iter().filter(|path| !path.ends_with("/sources.rs"));
    none(&others.flat_map(|path| faults_of_file(path, &read(path), &pages)).collect::<Vec<_>>());
}
