//! Explanations by some of an explanation's peers.

use burn::tensor::{Tensor, TensorData};
use peerlight_core::{Grid, Result, read};

use crate::{Explanation, Map, PeerMap, Session, explain::normalized, explainer};

impl Session {
    /// The explanation by some of an explanation's peers: their own maps, and the joint map of these, for the same
    /// class. `places` are places in [`Explanation::peers`]. It takes no pass, and leaves regions and trust out.
    ///
    /// # Errors
    /// `device-lost`.
    pub async fn committee(&self, of: &Explanation, places: &[usize]) -> Result<Explanation> {
        let method = explainer(of.method)?;
        let peers: Vec<PeerMap> = places.iter().map(|&place| of.peers[place].clone()).collect();
        let tensor = |peer: &PeerMap| {
            Tensor::<3>::from_data(TensorData::new(peer.map.values.clone(), [1, of.side, of.side]), &self.device)
        };
        let maps: Vec<Tensor<3>> = peers.iter().map(tensor).collect();
        let joint = normalized(method.meta(), method.join(&maps, Grid::square(of.grid)?, &of.settings));
        let map = Map::finished(read(joint).await?);
        let (agreement, overlap, trust, regions) = (None, None, None, Vec::new());
        Ok(Explanation { peers, map, agreement, overlap, trust, regions, ..of.clone() })
    }
}
