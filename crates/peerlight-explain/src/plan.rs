//! Checks of a request against a session.

use peerlight_core::{Code, Error, Grid, Result};
use peerlight_models::Layer;

use crate::{
    Explainer, Meta, Request, Score, Session, Settings, TargetLayer, Versus, explainer,
    options::GRID,
    setting::{Handle, Value},
};

/// Checked request: everything that an explanation needs besides the image.
pub struct Plan {
    /// Settings of the method.
    pub settings: Settings,
    /// Regions over which the peers' maps are compared.
    pub grid: Grid,
    /// Indices of the explained peers.
    pub explained: Vec<usize>,
    /// Indices of the peers whose maps are needed, each with the layers to read.
    pub used: Vec<(usize, Vec<Layer>)>,
}

impl Plan {
    pub fn of(session: &Session, method: &dyn Explainer, request: &Request) -> Result<Self> {
        let meta = method.meta();
        let own_grid = meta.settings.iter().any(|s| s.is(GRID.setting.id));
        let is_grid = |id: &String| !own_grid && GRID.setting.is(id);
        let chosen = request.settings.iter().filter(|(id, _)| !is_grid(id));
        let settings = Settings::of(meta.settings, chosen, meta.id)?;
        let grid = request.settings.iter().find(|(id, _)| is_grid(id)).map(|(_, value)| value.clone());
        let grid = grid.unwrap_or(Value::Number(request.grid as f64));
        GRID.setting.check(&grid)?;
        let grid = Grid::square(GRID.read(&grid))?;

        let count = session.nets.len();
        let all: Vec<usize> = (0..count).collect();
        let explained = match request.peer {
            None => all.clone(),
            Some(peer) if peer < count => vec![peer],
            Some(peer) => return refused(format!("There is no peer {peer}: the peers are 0 to {}.", count - 1)),
        };
        if meta.joint && count < 2 {
            return refused(format!("{} needs two peers or more.", meta.name));
        }
        let used = if meta.joint { &all } else { &explained };
        let layers = |&peer: &usize| {
            let last = session.nets[peer].last();
            let layers = match &request.layers {
                Some(layers) => chosen_layers(meta, layers, last)?,
                None => method.layers(&session.nets[peer], &settings),
            };
            Ok((peer, layers))
        };
        let used = used.iter().map(layers).collect::<Result<_>>()?;
        check_class(session, request.target)?;
        check_class(session, request.versus.map(|versus| versus.class))?;
        Ok(Self { settings, grid, explained, used })
    }
}

impl Session {
    /// Checks a request as far as possible without an image.
    ///
    /// # Errors
    /// `ask-invalid`. The message says what does not fit.
    pub fn check(&self, request: &Request) -> Result<()> {
        Plan::of(self, explainer(&request.method)?, request)?;
        match request.target {
            Some(target) => score(target, request.versus).map(drop),
            None => Ok(()),
        }
    }
}

/// Score of a class, minus the weighted score of a second class if there is one.
pub fn score(class: usize, versus: Option<Versus>) -> Result<Score> {
    match versus {
        Some(v) if v.class == class => refused("A class cannot be compared with itself: choose another one.".into()),
        Some(v) if !(0.0..=10.0).contains(&v.weight) => {
            refused(format!("The weight of the other class must be 0 to 10, not {}.", v.weight))
        }
        _ => Ok(Score { class, versus }),
    }
}

fn check_class(session: &Session, class: Option<usize>) -> Result<()> {
    let classes = session.info.classes.len();
    match class {
        Some(class) if class >= classes => {
            refused(format!("There is no class {class}: the classes are 0 to {}.", classes - 1))
        }
        _ => Ok(()),
    }
}

/// Requested layers, if the method reads them and a network whose last layer is `last` has them.
fn chosen_layers(meta: &Meta, layers: &[usize], last: Layer) -> Result<Vec<Layer>> {
    let Layer(count) = last;
    if layers.is_empty() || layers.iter().any(|layer| !(1..=count).contains(layer)) {
        return refused(format!("The layers must be one or more of 1 to {count}."));
    }
    match meta.target_layer {
        TargetLayer::Input => refused(format!("{} reads the input and has no layers to choose.", meta.name)),
        TargetLayer::Last if layers != [count] => refused(format!("{} reads layer {count} and no other.", meta.name)),
        _ => Ok(layers.iter().map(|&layer| Layer(layer)).collect()),
    }
}

fn refused<T>(why: String) -> Result<T> {
    Err(Error::new(Code::AskInvalid, why))
}
