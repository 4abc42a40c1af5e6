//! Curves as pictures in `docs/performance/`.

use std::path::Path;

use plotters::prelude::*;

/// A curve: over how many of something, how much.
pub struct Curve {
    pub name: String,
    pub points: Vec<(f64, f64)>,
}

/// A picture of curves over a logarithmic axis; a goal is a line across.
pub struct Picture<'a> {
    pub file: &'a str,
    pub title: &'a str,
    pub over: &'a str,
    pub shows: &'a str,
    pub goal: Option<f64>,
    /// Whether the points of a curve are of one thing that grows, and so joined.
    pub joined: bool,
    pub curves: Vec<Curve>,
}

impl Picture<'_> {
    /// Draws it.
    pub fn draw(&self) -> Result<(), Box<dyn std::error::Error>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/performance");
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(self.file);
        let area = SVGBackend::new(&path, (760, 420)).into_drawing_area();
        area.fill(&WHITE)?;
        let points = || self.curves.iter().flat_map(|curve| &curve.points);
        let (mut left, mut right, mut top) = (f64::MAX, f64::MIN, self.goal.unwrap_or_default());
        for (x, y) in points() {
            (left, right, top) = (left.min(*x), right.max(*x), top.max(*y));
        }
        let mut chart = ChartBuilder::on(&area)
            .caption(self.title, ("sans-serif", 18))
            .margin(12)
            .margin_right(40)
            .x_label_area_size(44)
            .y_label_area_size(60)
            .build_cartesian_2d((left..right).log_scale(), 0.0..top * 1.15)?;
        chart
            .configure_mesh()
            .x_desc(self.over)
            .y_desc(self.shows)
            .x_label_formatter(&|x| format!("{x}"))
            .y_label_formatter(&|y| if top > 20.0 { format!("{y:.0}") } else { format!("{y}") })
            .light_line_style(WHITE)
            .draw()?;
        if let Some(goal) = self.goal {
            let line = LineSeries::new([(left, goal), (right, goal)], BLACK.stroke_width(1));
            chart
                .draw_series(line)?
                .label(format!("goal {goal}"))
                .legend(|(x, y)| PathElement::new([(x, y), (x + 16, y)], BLACK));
        }
        for (at, curve) in self.curves.iter().enumerate() {
            let color = Palette99::pick(at).to_rgba();
            let width = if self.joined { 2 } else { 0 };
            let marks = curve.points.iter().map(|point| Circle::new(*point, 4, color.filled()));
            chart.draw_series(marks)?;
            let shown = if self.joined { &curve.points[..] } else { &[] };
            chart
                .draw_series(LineSeries::new(shown.iter().copied(), color.stroke_width(width)))?
                .label(&curve.name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color.stroke_width(2)));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::LowerRight)
            .background_style(WHITE.mix(0.85))
            .border_style(BLACK.mix(0.3))
            .draw()?;
        area.present()?;
        Ok(())
    }
}
