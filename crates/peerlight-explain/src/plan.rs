//! Checks of a request against a session.

use peerlight_core::{Code, Error, Grid, Result};
use peerlight_models::{Head, Layer, Network};

use crate::{
    ByName, Explainer, ForwardPass, Meta, Request, Rival, Score, Session, Settings, TargetLayer, explainer,
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
    /// Index of the class to explain, if the request names one.
    pub target: Option<usize>,
    /// Index and weight of the class to compare with.
    pub versus: Option<(usize, f32)>,
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
            let advice = "Ask for 'guided', the map of one network that goes into it.";
            return refused(format!("{} needs two peers or more, and there is one. {advice}", meta.name));
        }
        let used = if meta.joint { &all } else { &explained };
        if let Some(layers) = &request.layers {
            check_names(session, used, layers)?;
        }
        let layers = |&peer: &usize| {
            let net = &session.nets[peer];
            if meta.target_layer == TargetLayer::Last && net.graph().head() == Head::Opaque {
                return Err(session.no_linear_head(meta.name, peer));
            }
            let chosen = request.layers.as_ref().map(|layers| chosen_layers(meta, layers, net)).transpose()?.flatten();
            Ok((peer, chosen.unwrap_or_else(|| method.layers(net, &settings))))
        };
        let used: Vec<_> = used.iter().map(layers).collect::<Result<_>>()?;
        let target = request.target.as_ref().map(|class| session.class(class)).transpose()?;
        if let Some(target) = target
            && explained.iter().all(|&peer| session.classes.own(peer, target).is_none())
        {
            let (ids, label) = (ids(session, &explained), &session.info.classes[target]);
            return refused(format!("No explained peer has the class '{label}': {ids}."));
        }
        let versus = match &request.versus {
            Some(versus) => Some((session.class(&versus.class)?, versus.weight)),
            None => None,
        };
        if let Some((rival, weight)) = versus {
            if !(0.0..=10.0).contains(&weight) {
                return refused(format!("The weight of the other class must be 0 to 10, not {weight}."));
            }
            if let Some((peer, _)) = used.iter().find(|(peer, _)| session.classes.own(*peer, rival).is_none()) {
                let (id, label) = (&session.info.peers[*peer].id, &session.info.classes[rival]);
                return refused(format!(
                    "The peer '{id}' has no class '{label}' to compare with. Choose another peer."
                ));
            }
            check_rival(target, rival)?;
        }
        Ok(Self { settings, grid, explained, used, target, versus })
    }

    /// Score of a peer for a class of the bundle's list, or for its own first class if it does not have that.
    pub fn score(&self, pass: &ForwardPass, peer: usize, class: usize) -> Result<Score> {
        let Some((rival, weight)) = self.versus else {
            return Ok(Score { class: pass.explained_logit(peer, class), rival: None });
        };
        check_rival(Some(pass.explained_class(peer, class)), rival)?;
        let own = pass.explained_logit(peer, rival);
        Ok(Score { class: pass.explained_logit(peer, class), rival: Some(Rival { class: own, weight }) })
    }
}

impl Session {
    /// Checks a request as far as possible without an image.
    ///
    /// # Errors
    /// `ask-invalid`. The message says what does not fit.
    pub fn check(&self, request: &Request) -> Result<()> {
        Plan::of(self, explainer(&request.method)?, request).map(drop)
    }

    /// Index in the bundle's list of a class by its index or name.
    ///
    /// # Errors
    /// `ask-invalid` if there is none, or if a name may mean several.
    pub fn class(&self, class: &ByName) -> Result<usize> {
        let count = self.classes.names().len();
        match class {
            ByName::Number(class) if *class < count => Ok(*class),
            ByName::Number(class) => refused(format!("There is no class {class}: the classes are 0 to {}.", count - 1)),
            ByName::Name(name) => self.classes.find(name).ok_or_else(|| {
                let text = format!("'{name}' is not one class of the bundle. Give an index or a whole name.");
                Error::new(Code::AskInvalid, text)
            }),
        }
    }

    /// Refusal of a method that needs what a peer's network does not have.
    pub(crate) fn no_linear_head(&self, method: &str, peer: usize) -> Error {
        let name = &self.info.peers[peer].name;
        let text = format!(
            "{method} needs a network that ends in global average pooling and one linear classifier, and {name} does \
             not. HiResCAM makes the same map where there is one, and a map where there is none."
        );
        Error::new(Code::AskInvalid, text)
    }
}

fn check_rival(class: Option<usize>, rival: usize) -> Result<()> {
    match class == Some(rival) {
        true => refused("A class cannot be compared with itself: choose another one.".into()),
        false => Ok(()),
    }
}

/// Checks that each named layer is one of some peer's.
fn check_names(session: &Session, used: &[usize], layers: &[ByName]) -> Result<()> {
    for layer in layers {
        let ByName::Name(name) = layer else { continue };
        if !used.iter().any(|&peer| session.nets[peer].graph().layer_named(name).is_some()) {
            return refused(format!("There is no layer '{name}' in {}.", ids(session, used)));
        }
    }
    Ok(())
}

fn ids(session: &Session, peers: &[usize]) -> String {
    peers.iter().map(|&peer| session.info.peers[peer].id.as_str()).collect::<Vec<_>>().join(", ")
}

/// Requested layers, if the method reads them and a network has them. None if all are named and the network has none of
/// these names.
fn chosen_layers(meta: &Meta, layers: &[ByName], net: &Network) -> Result<Option<Vec<Layer>>> {
    let Layer(count) = net.last();
    let number = |layer: &ByName| match layer {
        ByName::Number(number) => Some(*number),
        ByName::Name(name) => net.graph().layer_named(name).map(|layer| layer.0),
    };
    let chosen: Vec<usize> = layers.iter().filter_map(number).collect();
    if layers.is_empty() || chosen.iter().any(|layer| !(1..=count).contains(layer)) {
        return refused(format!("The layers must be one or more of 1 to {count}."));
    }
    match meta.target_layer {
        TargetLayer::Input => refused(format!("{} reads the input and has no layers to choose.", meta.name)),
        _ if chosen.is_empty() => Ok(None),
        TargetLayer::Last if chosen != [count] => refused(format!("{} reads layer {count} and no other.", meta.name)),
        _ => Ok(Some(chosen.into_iter().map(Layer).collect())),
    }
}

fn refused<T>(why: String) -> Result<T> {
    Err(Error::new(Code::AskInvalid, why))
}
