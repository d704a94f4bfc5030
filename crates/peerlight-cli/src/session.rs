//! Opening a bundle, and finding its peers and classes by what a person calls them.

use peerlight_core::{Code, Error, Result};
use peerlight_explain::{Request, Session, explainer, open_device};
use peerlight_models::{Named, class_named, nearest};

use crate::{
    bundle,
    cli::{Device, NetworkArgs},
    files::{shown, text},
    own,
};

/// The peers of a bundle, or of an ONNX file, on a device: the given one, or the default bundle.
pub fn open(networks: &NetworkArgs, device: Device) -> Result<Session> {
    let (device, info) = pollster::block_on(open_device(device.into()))?;
    let file = bundle::find(networks.bundle.as_deref())?;
    let bytes = own::bundle_bytes(&file, &networks.own)?;
    Session::open(&bundle::parse(&file, &bytes)?, &device, &info.name)
}

/// The index of a class by its name, index, or a part of its name that no other class has.
pub fn class(session: &Session, networks: &NetworkArgs, wanted: &str) -> Result<usize> {
    let labels = &session.info().classes;
    let flags = flags(networks);
    let told = |classes: &[usize]| {
        let named: Vec<_> = classes.iter().take(8).map(|&i| format!("{} ({i})", shown(&labels[i]))).collect();
        let more = if classes.len() > named.len() {
            format!(" and {} more", classes.len() - named.len())
        } else {
            String::new()
        };
        named.join(", ") + &more
    };
    let text = match class_named(labels, wanted) {
        Named::One(index) => return Ok(index),
        Named::Several(classes) => {
            format!("'{wanted}' may be one of: {}. Give an index or a whole name.", told(&classes))
        }
        Named::None => match nearest(labels, wanted, labels.len()) {
            near if near.is_empty() => {
                let all = labels.len();
                format!(
                    "'{wanted}' is not one of the bundle's {all} classes. `peerlight catalog --classes{flags}` lists \
                     them."
                )
            }
            near => format!("'{wanted}' is not a class of the bundle. Did you mean: {}?", told(&near)),
        },
    };
    Err(Error::new(
        Code::AskInvalid,
        text + &format!(" `peerlight catalog --classes {}{flags}` lists those near to it.", quoted(wanted)),
    ))
}

/// The flags that open the same networks again, each after a space.
fn flags(networks: &NetworkArgs) -> String {
    let bundle = networks.bundle.as_deref().map(|file| format!(" --bundle {}", quoted(&text(file))));
    let labels = networks.own.labels.iter().map(|labels| format!(" --labels {}", quoted(labels)));
    bundle.into_iter().chain(labels).collect()
}

fn quoted(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_alphanumeric() || "-_./=".contains(c));
    if plain && !text.is_empty() { text.into() } else { format!("'{}'", text.replace('\'', "")) }
}

/// The index of a peer by its id.
pub fn peer(session: &Session, wanted: &str) -> Result<usize> {
    let ids: Vec<&str> = session.info().peers.iter().map(|peer| peer.id.as_str()).collect();
    ids.iter().position(|id| *id == wanted).ok_or_else(|| {
        let text = format!("There is no peer '{wanted}'. There are: {}, or all of them: all.", ids.join(", "));
        Error::new(Code::AskInvalid, text)
    })
}

/// A request to one network alone, which has no mutual map: what would go into that map, if there were another network.
pub fn alone(request: Request) -> Result<Request> {
    let method = "guided";
    let own = explainer(method)?.meta().settings;
    let mut request = Request { method: method.into(), ..request };
    request.settings.retain(|id, _| own.iter().any(|setting| setting.id == *id));
    Ok(request)
}

/// Checks that no method is asked for twice.
///
/// # Errors
/// `ask-invalid` names the method.
pub fn once_each(asked: &[Request]) -> Result<()> {
    let specs: Vec<String> = asked.iter().map(Request::spec).collect();
    match specs.iter().enumerate().find(|(i, spec)| specs[..*i].contains(spec)) {
        Some((_, spec)) => Err(Error::new(Code::AskInvalid, format!("'{spec}' is there twice."))),
        None => Ok(()),
    }
}

/// The methods that can be asked of these networks: of one alone, not those that compare several, which is said.
pub fn fitting<'a>(session: &Session, asked: &'a [Request]) -> Result<Vec<&'a Request>> {
    once_each(asked)?;
    let is_alone = session.info().peers.len() == 1;
    let mut fitting = Vec::new();
    for request in asked {
        match is_alone && asked.len() > 1 && explainer(&request.method)?.meta().joint {
            true => eprintln!("{} is left out: it compares networks, and there is one.", request.spec()),
            false => fitting.push(request),
        }
    }
    Ok(fitting)
}
