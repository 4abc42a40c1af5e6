//! Measuring two sides in alternation.

use std::time::Instant;

/// One comparison.
pub struct Row {
    /// What is compared.
    pub name: String,
    /// Median of our side, ns per operation.
    pub ours: f64,
    /// Median of the bare side, ns per operation.
    pub bare: f64,
    /// The ratio that is not to be exceeded.
    pub goal: Option<f64>,
}

impl Row {
    /// Ours over bare.
    pub fn ratio(&self) -> f64 {
        self.ours / self.bare
    }
}

/// Times both sides `samples` times in alternation; each sample is so many operations.
pub fn compare(
    name: &str,
    goal: Option<f64>,
    samples: usize,
    operations: usize,
    mut ours: impl FnMut(),
    mut bare: impl FnMut(),
) -> Row {
    let (mut our_times, mut bare_times) = (Vec::new(), Vec::new());
    for _ in 0..samples {
        our_times.push(time(&mut ours) / operations as f64);
        bare_times.push(time(&mut bare) / operations as f64);
    }
    Row { name: name.to_owned(), ours: median(our_times), bare: median(bare_times), goal }
}

fn time(side: &mut impl FnMut()) -> f64 {
    let start = Instant::now();
    side();
    start.elapsed().as_nanos() as f64
}

/// Prints rows with their goals; returns how many were missed.
pub fn print<'a>(rows: impl IntoIterator<Item = &'a Row>, other: &str) -> usize {
    println!("{:<66} {:>12} {other:>12} {:>7} {:>7}", "", "ours", "ratio", "goal");
    let mut missed = 0;
    for row in rows {
        let goal = row.goal.map_or(String::new(), |goal| format!("{goal}"));
        println!("{:<66} {:>12.1} {:>12.1} {:>7.3} {goal:>7}", row.name, row.ours, row.bare, row.ratio());
        missed += usize::from(row.goal.is_some_and(|goal| row.ratio() > goal));
    }
    missed
}

/// The middle one.
pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
