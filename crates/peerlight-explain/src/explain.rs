//! Answers one request about one image: from the methods' raw maps to plain data.

use std::cell::RefCell;

use burn::tensor::{Tensor, activation::relu};
use peerlight_core::{Agreement, Grid, Reading, Result, agreement, minmax, resize_map};
use peerlight_models::Layer;

use crate::{
    Cost, Explainer, Family, ForwardPass, Meta, Probe, Progress, Request, Session, TargetLayer, Versus, explainer,
    explanation::{BundleName, Explanation, Looks, Map, PeerMap, RawMap, Region, TargetClass, Timing},
    plan::Plan,
    trust::{caution, overlap_of_peers},
};

/// Version of the structure [`Explanation`].
const VERSION: u32 = 2;

impl Session {
    /// Request that suits the number of peers: the mutual map, or for a peer alone its own map.
    pub fn default_request(&self) -> Request {
        if self.nets.len() > 1 { Request::default() } else { Request::of("guided") }
    }

    /// Explains an image after its forward pass, by a method of [`EXPLAINERS`](crate::EXPLAINERS).
    ///
    /// # Errors
    /// `ask-invalid` for a request that does not fit the method or the bundle, `device-lost`, or `cancelled`.
    pub async fn explain(&self, pass: &ForwardPass, request: &Request, progress: &dyn Progress) -> Result<Explanation> {
        self.explain_by(explainer(&request.method)?, pass, request, progress).await
    }

    /// Explains as [`Session::explain`] does, without [`Explanation::trust`], which may take more passes.
    ///
    /// # Errors
    /// As [`Session::explain`].
    pub async fn explain_maps(
        &self,
        pass: &ForwardPass,
        request: &Request,
        progress: &dyn Progress,
    ) -> Result<Explanation> {
        self.explained((explainer(&request.method)?, request), pass, progress).await
    }

    /// Explains an image by a given method, which need not be listed. [`Request::method`] is ignored.
    ///
    /// # Errors
    /// As [`Session::explain`].
    pub async fn explain_by(
        &self,
        method: &dyn Explainer,
        pass: &ForwardPass,
        request: &Request,
        progress: &dyn Progress,
    ) -> Result<Explanation> {
        let mut explanation = self.explained((method, request), pass, progress).await?;
        explanation.trust = self.trust(pass, request, &explanation, progress).await?;
        Ok(explanation)
    }

    /// The explanation alone.
    pub(crate) async fn explained(
        &self,
        (method, request): (&dyn Explainer, &Request),
        pass: &ForwardPass,
        progress: &dyn Progress,
    ) -> Result<Explanation> {
        let (meta, plan) = (method.meta(), Plan::of(self, method, request)?);
        let class = plan.target.unwrap_or_else(|| pass.likeliest(&plan.explained));
        let scores: Vec<_> = plan.used.iter().map(|(peer, _)| plan.score(pass, *peer, class)).collect::<Result<_>>()?;
        let Plan { settings, grid, explained, used, versus, .. } = plan;

        let start = progress.now();
        let cost = RefCell::new(Cost { forward: used.len(), ..Cost::default() });
        let (mut maps, mut sums) = (Vec::new(), Vec::new());
        for ((peer, layers), score) in used.iter().zip(scores) {
            let (peer, settings, name) = (*peer, &settings, meta.name);
            let probe = Probe { session: self, pass, peer, score, layers, settings, name, progress, cost: &cost };
            probe.step(0, 1).await?;
            let (map, sum) = fused(method, &probe).await?;
            maps.push(map);
            sums.push(sum);
        }
        let joint = match maps.as_slice() {
            [one] => one.clone(),
            several => normalized(meta, method.join(&fitted(several.to_vec()), grid, &settings)),
        };

        // Everything is read back at once.
        let side = pass.side(used.iter().map(|(peer, _)| *peer));
        let whole = |map: Tensor<3>| resize_map(map, [side, side]);
        let own = used.iter().zip(maps).filter(|((peer, _), _)| explained.contains(peer));
        let own: Vec<Tensor<3>> = own.map(|(_, map)| whole(map)).collect();
        let [_, rows, columns] = joint.dims();
        let mut reading = Reading::default();
        reading.add(Tensor::cat(sums, 0));
        reading.add(joint.clone());
        reading.add(whole(joint));
        own.iter().for_each(|map| reading.add(map.clone()));
        if own.len() > 1 {
            add_regions(&mut reading, &own, grid);
        }
        let mut values = reading.read().await?.into_iter();
        let mut next = || values.next().expect("what was added is read");

        let finite = next().iter().all(|sum| sum.is_finite());
        let finished = |values: Vec<f32>| Map::finished(if finite { values } else { vec![0.0; values.len()] });
        let raw = RawMap { rows, columns, values: finished(next()).values };
        let map = finished(next());
        let layers_of = |peer: usize| used.iter().filter(move |(used, _)| *used == peer).flat_map(|(_, layers)| layers);
        let mut peers = Vec::new();
        for &peer in &explained {
            let (info, probabilities) = (&self.info.peers[peer], pass.probabilities(peer));
            peers.push(PeerMap {
                peer,
                id: info.id.clone(),
                architecture: info.architecture.clone(),
                name: info.name.clone(),
                top: self.top(peer, probabilities),
                target: self.prediction(peer, pass.explained_logit(peer, class), probabilities),
                has_target: self.classes.own(peer, class).is_some(),
                layers: layers_of(peer).map(|layer| layer.0).collect(),
                map: Map::finished(next()),
            });
        }
        let regions = regions(grid, &peers, values.collect());
        let overlap = overlap_of_peers(&peers);
        let agreement =
            (!regions.is_empty()).then(|| regions.iter().map(|region| region.rho).sum::<f32>() / regions.len() as f32);

        let ms = progress.now() - start;
        let shared: f64 = used.iter().map(|(peer, _)| pass.views[*peer].ms).sum();
        Ok(Explanation {
            version: VERSION,
            device: self.device_name.clone(),
            bundle: BundleName { name: self.info.name.clone(), sha256: self.info.sha256.clone() },
            image: pass.image.clone(),
            method: meta.id,
            name: meta.name,
            settings,
            target: TargetClass { class, label: self.info.classes[class].clone(), chosen: request.target.is_some() },
            versus: versus.map(|(class, weight)| Versus { class: class.into(), weight }),
            side,
            peers,
            map,
            raw,
            finite,
            agreement,
            overlap,
            caution: caution(&self.info.classes, pass, &explained),
            trust: None,
            regions,
            grid: grid.rows,
            cost: cost.into_inner(),
            ms: ms + shared,
            timings: pass.timings(&self.info.peers).chain([Timing { name: meta.name.into(), ms }]).collect(),
        })
    }
}

/// Map [1, h, w] in 0..=1 of one peer, and the sum `[1]` of its raw maps. The sum shows values that are not finite,
/// which ReLU can hide.
///
/// The maps of several layers are fused by the elementwise maximum, as in torch-cam (pytorch-grad-cam takes the mean).
async fn fused(method: &dyn Explainer, probe: &Probe<'_>) -> Result<(Tensor<3>, Tensor<1>)> {
    let meta = method.meta();
    let layers = match meta.target_layer {
        TargetLayer::Last | TargetLayer::One => probe.layers(),
        TargetLayer::Several | TargetLayer::Input => &[Layer::INPUT],
    };
    let (mut maps, mut sums) = (Vec::new(), Vec::new());
    for &layer in layers {
        let raw = method.raw_map(probe, layer).await?;
        sums.push(raw.clone().sum());
        maps.push(normalized(meta, if meta.rectify { relu(raw) } else { raw }));
    }
    let sum = Tensor::cat(sums, 0).sum();
    if maps.len() == 1 {
        return Ok((maps.remove(0), sum));
    }
    let scaled = maps.into_iter().map(|map| method.scale(map)).collect();
    Ok((minmax(fitted(scaled).into_iter().reduce(|a, b| a.max_pair(b)).expect("a layer")), sum))
}

/// Min-max normalized map in 0..=1. Controls stay as they are, since min-max would turn a map of ones into zeros.
pub(crate) fn normalized(meta: &Meta, map: Tensor<3>) -> Tensor<3> {
    if meta.family == Family::Control { map } else { minmax(map) }
}

/// Maps [1, h, w] resized to the largest height and width among them.
fn fitted(maps: Vec<Tensor<3>>) -> Vec<Tensor<3>> {
    let largest = |axis: usize| maps.iter().map(|map| map.dims()[axis]).max().unwrap_or(1);
    let size = [largest(1), largest(2)];
    maps.into_iter().map(|map| resize_map(map, size)).collect()
}

/// Adds what [`regions`] reads: each map's mean in each region, then the correlation and the flag of each pair.
fn add_regions(reading: &mut Reading, maps: &[Tensor<3>], grid: Grid) {
    for map in maps {
        reading.add(grid.divide(map.clone()).mean_dim(2));
    }
    let Agreement { pairs, .. } = agreement(maps, grid);
    for pair in pairs {
        reading.add(pair.rho);
        reading.add(pair.constant);
    }
}

/// Regions of the grid, from the values that [`add_regions`] added. Empty without values.
fn regions(grid: Grid, peers: &[PeerMap], values: Vec<Vec<f32>>) -> Vec<Region> {
    if values.is_empty() {
        return Vec::new();
    }
    let (means, pairs) = values.split_at(peers.len());
    let region = |i: usize| {
        let attention = means.iter().zip(peers).map(|(mean, peer)| if peer.map.blank { 0.0 } else { mean[i] });
        let attention: Vec<f32> = attention.collect();
        // Numbers that are not finite have no correlation.
        let known = |pair: &[Vec<f32>]| pair[0][i].is_finite() && pair[1][i] < 0.5;
        let pairs = || pairs.chunks_exact(2);
        let each: Vec<f32> = pairs().map(|pair| if pair[0][i].is_finite() { pair[0][i] } else { 0.0 }).collect();
        Region {
            row: i / grid.columns,
            column: i % grid.columns,
            rho: each.iter().sum::<f32>() / each.len() as f32,
            looks: Looks::of(&attention),
            attention,
            constant: !pairs().all(known),
            pairs: each,
        }
    };
    (0..grid.regions()).map(region).collect()
}
