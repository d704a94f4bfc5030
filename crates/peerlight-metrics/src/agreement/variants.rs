//! Other joint maps of the peers' maps that are there already.

use peerlight_core::Result;
use peerlight_explain::{Explanation, Session};
use serde::{Deserialize, Serialize};

use super::fusions::FUSIONS;

/// Further joint maps that are made of the peers' maps, at no pass of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Also {
    /// The joint map of every two or more of the peers, where there are more than two.
    Committees,
    /// Other ways of fusing the maps of all peers.
    Fusions,
}

/// Places of every two or more of so many peers, but not of all, in order.
pub fn committees(peers: usize) -> Vec<Vec<usize>> {
    let members = |set: usize| (0..peers).filter(|peer| set >> peer & 1 == 1).collect::<Vec<_>>();
    let mut found: Vec<Vec<usize>> = (0..(1usize << peers.min(8)) - 1).map(members).filter(|of| of.len() > 1).collect();
    found.sort_by_key(Vec::len);
    found
}

/// How records call the joint map of some peers.
pub fn named(method: &str, ids: &[&str]) -> String {
    format!("{method} of {}", ids.join("+"))
}

/// How records call another joint map of all peers.
pub fn fused(method: &str, how: &str) -> String {
    format!("{method} fused {how}")
}

/// The other joint maps, each with its name in records.
pub async fn variants(
    session: &Session,
    also: &[Also],
    method: &str,
    made: &Explanation,
) -> Result<Vec<(String, Explanation)>> {
    let mut found = Vec::new();
    if also.contains(&Also::Committees) {
        for places in committees(made.peers.len()) {
            let ids: Vec<&str> = places.iter().map(|&place| made.peers[place].id.as_str()).collect();
            found.push((named(method, &ids), session.committee(made, &places).await?));
        }
    }
    if also.contains(&Also::Fusions) {
        let apt = FUSIONS.iter().filter(|fusion| fusion.least <= made.peers.len());
        found.extend(apt.map(|fusion| (fused(method, fusion.id), fusion.of(made))));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_two_or_more_but_not_all() {
        assert_eq!(committees(2), Vec::<Vec<usize>>::new());
        assert_eq!(committees(3), [[0, 1], [0, 2], [1, 2]]);
        assert_eq!(committees(4).len(), 6 + 4);
    }
}
