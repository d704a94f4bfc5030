//! Statistics of agreement of an explanation's maps.

use std::collections::BTreeMap;

use burn::tensor::{Tensor, TensorData};
use peerlight_core::{Reading, Result};

use crate::{
    Explanation, ForwardPass, MapPair, PeerInfo, Progress, Request, Session,
    statistic::{MapContext, REGIONS, Statistic},
    view::View,
};

/// Statistics of one map of an explanation.
#[derive(Debug, Clone, PartialEq)]
pub struct MapStatistics {
    /// Index of the explained peer in the bundle; none for the joint map.
    pub peer: Option<usize>,
    /// Values by the statistics' ids. A statistic that does not apply, such as one of peers to a peer alone, is left
    /// out.
    pub values: BTreeMap<&'static str, f64>,
}

impl Session {
    /// Statistics of agreement of an explanation: of its joint map, then of each explained peer's own map. `request` is
    /// the request that it answers.
    ///
    /// Peers' statistics compare the explained peers' maps: all pairs for the joint map, and those that hold the peer
    /// for a peer's own. Changed views of the image are explained for the same class; each takes one more pass.
    ///
    /// # Errors
    /// As [`Session::explain`].
    pub async fn statistics(
        &self,
        pass: &ForwardPass,
        request: &Request,
        explanation: &Explanation,
        wanted: &[&dyn Statistic],
        progress: &dyn Progress,
    ) -> Result<Vec<MapStatistics>> {
        let (side, peers) = (explanation.side, &explanation.peers);
        let mut grids: Vec<usize> = wanted.iter().flat_map(|statistic| statistic.grids()).copied().collect();
        grids.sort_unstable();
        grids.dedup();
        let places: Vec<(usize, usize)> =
            (0..peers.len()).flat_map(|i| (i + 1..peers.len()).map(move |k| (i, k))).collect();
        let of_peers = places.iter().map(|&(i, k)| (peers[i].map.values.clone(), peers[k].map.values.clone()));
        let pairs = MapPair::of(of_peers.collect(), side, &grids, &self.device).await?;

        let views = View::ALL.into_iter().filter(|view| wanted.iter().any(|of| of.views().contains(view)));
        let mut itself = Vec::new();
        for view in views {
            itself.push((view, self.with_view(view, pass, request, explanation, progress).await?));
        }

        let all: Vec<usize> = (0..self.info.peers.len()).collect();
        let class = explanation.target.class;
        let confidence = |peer: usize| pass.probability(peer, class).map_or(0.0, f64::from);
        let over = |peers: &[usize]| peers.iter().map(|&peer| confidence(peer)).sum::<f64>() / peers.len() as f64;
        let explained = explanation.explained();
        let maps =
            std::iter::once((None, &explanation.map)).chain(peers.iter().enumerate().map(|(i, p)| (Some(i), &p.map)));
        let likeliest: Vec<usize> = all.iter().map(|&peer| pass.likeliest(&[peer])).collect();
        let of_map = |(place, (i, map)): (usize, (Option<usize>, &crate::Map))| {
            let own: Vec<&MapPair> = places
                .iter()
                .zip(&pairs)
                .filter(|((a, b), _)| i.is_none_or(|i| i == *a || i == *b))
                .map(|(_, pair)| pair)
                .collect();
            let itself: Vec<(View, &MapPair)> = itself.iter().map(|(view, pairs)| (*view, &pairs[place])).collect();
            let first = i.map_or(explained[0], |i| explained[i]);
            let others = all.iter().filter(|&&peer| peer != first);
            let answers: Vec<usize> = std::iter::once(&first).chain(others).map(|&peer| likeliest[peer]).collect();
            let context = MapContext {
                map: &map.values,
                pairs: &own,
                itself: &itself,
                confidence: i.map_or_else(|| over(&explained), |i| confidence(explained[i])),
                mean_confidence: over(&all),
                answers: &answers,
            };
            let value = |statistic: &&dyn Statistic| Some((statistic.meta().id, statistic.of(&context)?));
            MapStatistics { peer: i.map(|i| explained[i]), values: wanted.iter().filter_map(value).collect() }
        };
        Ok(maps.enumerate().map(of_map).collect())
    }

    /// Each map of an explanation beside its map of a changed view, turned back: the joint map's, then the peers'.
    async fn with_view(
        &self,
        view: View,
        pass: &ForwardPass,
        request: &Request,
        explanation: &Explanation,
        progress: &dyn Progress,
    ) -> Result<Vec<MapPair>> {
        let own = |(input, peer): (Tensor<4>, &PeerInfo)| view.of(input, &peer.preprocess);
        let inputs = pass.inputs().into_iter().zip(&self.info.peers).map(own).collect();
        let changed = self.forward_inputs(inputs, progress).await?.with_choices_of(pass);
        let request = Request { target: Some(explanation.target.class.into()), ..request.clone() };
        let seen = self.explain_maps(&changed, &request, progress).await?;
        let side = explanation.side;
        let stacked = |of: &Explanation| {
            let maps = std::iter::once(&of.map).chain(of.peers.iter().map(|peer| &peer.map));
            let values: Vec<f32> = maps.flat_map(|map| &map.values).copied().collect();
            Tensor::<3>::from_data(TensorData::new(values, [of.peers.len() + 1, side, side]), &self.device)
        };
        let (own, back) = view.matched(stacked(explanation), stacked(&seen));
        let mut reading = Reading::default();
        reading.add(own);
        reading.add(back);
        let values = reading.read().await?;
        let maps = |i: usize| values[i].chunks_exact(side * side).map(<[f32]>::to_vec);
        MapPair::of(maps(0).zip(maps(1)).collect(), side, &[REGIONS], &self.device).await
    }
}
