//! One method's map of one image: from the request to plain data.

use std::cell::RefCell;

use burn::tensor::{Tensor, activation::relu};
use peerlight_core::{Code, Error, Result, minmax, resize_map};
use peerlight_models::Layer;
use serde::Serialize;

use crate::{
    Contrast, Cost, Explainer, Family, ForwardPass, Host, Map, Meta, Probe, Reads, Request, Score, Session, Target,
    explainer, read::read, setting::Settings,
};

/// A map as its method makes it, before it is resized to the image.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Native {
    /// Its height.
    pub rows: usize,
    /// Its width.
    pub columns: usize,
    /// Row by row, in 0..=1; all zeros if the map is blank.
    #[serde(skip)]
    pub values: Vec<f32>,
}

/// What a method makes of an image.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attribution {
    /// The method's id.
    pub method: &'static str,
    /// The method's name for people.
    pub name: &'static str,
    /// The peers that are explained, counted from 0.
    pub peers: Vec<usize>,
    /// The class that is explained.
    pub target: Target,
    /// The class that it is told from.
    pub contrast: Option<Contrast>,
    /// The stages that were read, counted from 1; none if the method reads the image or chooses by itself.
    pub stages: Vec<usize>,
    /// The map before resizing, after ReLU (where the method has one) and min-max.
    pub native: Native,
    /// Side of the map.
    pub side: usize,
    /// The native map, resized bilinearly to the networks' input.
    #[serde(flatten)]
    pub map: Map,
    /// Whether every number that the method made was one, before anything was done to them; else the map is blank.
    pub finite: bool,
    /// What it cost.
    pub cost: Cost,
    /// Milliseconds, with those of the forward passes that all explanations share.
    pub ms: f64,
}

impl Session {
    /// Makes one method's map of an image that the peers have seen.
    ///
    /// # Errors
    /// `ask-invalid` for a request that does not fit the bundle, `device-lost`, or `cancelled` by the host.
    pub async fn attribute(&self, pass: &ForwardPass, request: &Request, host: &dyn Host) -> Result<Attribution> {
        self.attribute_by(explainer(&request.method)?, pass, request, host).await
    }

    /// As [`Session::attribute`], by a method that need not be in the list.
    ///
    /// # Errors
    /// As [`Session::attribute`].
    pub async fn attribute_by(
        &self,
        method: &dyn Explainer,
        pass: &ForwardPass,
        request: &Request,
        host: &dyn Host,
    ) -> Result<Attribution> {
        let meta = method.meta();
        let settings = Settings::of(meta.settings, &request.settings, meta.id)?;
        let explained = self.explained(request)?;
        let stages = self.stages_of(meta, request)?;
        let class = request.target.unwrap_or_else(|| pass.likeliest(&explained));
        let score = self.score(class, request.contrast)?;

        let start = host.now();
        let all: Vec<usize> = (0..self.nets.len()).collect();
        let used = if meta.joint { &all } else { &explained };
        let cost = RefCell::new(Cost { forward: used.len(), ..Cost::default() });
        let (mut maps, mut sums) = (Vec::new(), Vec::new());
        for &peer in if meta.joint { &explained[..1] } else { &explained } {
            let probe = Probe {
                session: self,
                pass,
                peer,
                score,
                stages: request.stages.as_deref(),
                settings: &settings,
                name: meta.name,
                host,
                cost: &cost,
            };
            probe.step(0, 1).await?;
            maps.push(self.fused(method, &probe, &stages, &mut sums).await?);
        }
        let map = match maps.len() {
            1 => maps.remove(0),
            count => normalized(meta, fitted(maps).into_iter().reduce(|a, b| a + b).expect("a peer") / count as f32),
        };
        let [_, rows, columns] = map.dims();
        let side = self.info.preprocess.side;
        // One reading for both.
        let all = Tensor::cat(vec![map.clone().reshape([rows * columns]), Tensor::cat(sums, 0)], 0);
        let mut values = read(all).await?;
        let finite = values.split_off(rows * columns).iter().all(|sum| sum.is_finite());
        let finished = |values: Vec<f32>| Map::finished(if finite { values } else { vec![0.0; values.len()] });
        let native = finished(values);
        let resized = finished(read(resize_map(map, [side, side])).await?);
        let shared: f64 = used.iter().map(|&peer| pass.views[peer].ms).sum();
        Ok(Attribution {
            method: meta.id,
            name: meta.name,
            target: Target { class, label: self.info.classes[class].clone(), chosen: request.target.is_some() },
            contrast: request.contrast,
            peers: explained,
            stages: stages.iter().map(|s| s.0).filter(|&s| s > 0).collect(),
            native: Native { rows, columns, values: native.map },
            side,
            map: resized,
            finite,
            cost: cost.into_inner(),
            ms: host.now() - start + shared,
        })
    }

    /// The map [1, h, w] in 0..=1 of one peer: each stage's, rectified where the method has it so, and fused by the
    /// elementwise maximum, as torch-cam does it (pytorch-grad-cam takes the mean). The sum of each raw map is added to
    /// `sums`: ReLU would hide what is not a number.
    async fn fused(
        &self,
        method: &dyn Explainer,
        probe: &Probe<'_>,
        stages: &[Layer],
        sums: &mut Vec<Tensor<1>>,
    ) -> Result<Tensor<3>> {
        let mut maps = Vec::new();
        for &stage in stages {
            let raw = method.raw_map(probe, stage).await?;
            sums.push(raw.clone().sum());
            maps.push(normalized(method.meta(), if method.meta().rectify { relu(raw) } else { raw }));
        }
        if maps.len() == 1 {
            return Ok(maps.remove(0));
        }
        let scaled = maps.into_iter().map(|map| method.scale(map)).collect();
        Ok(minmax(fitted(scaled).into_iter().reduce(|a, b| a.max_pair(b)).expect("a stage")))
    }

    /// The peers that are asked about.
    fn explained(&self, request: &Request) -> Result<Vec<usize>> {
        match request.peer {
            None => Ok((0..self.nets.len()).collect()),
            Some(peer) if peer < self.nets.len() => Ok(vec![peer]),
            Some(peer) => refused(format!("There is no peer {peer}: the peers are 0 to {}.", self.nets.len() - 1)),
        }
    }

    fn score(&self, class: usize, contrast: Option<Contrast>) -> Result<Score> {
        let classes = self.info.classes.len();
        for asked in std::iter::once(class).chain(contrast.map(|c| c.class)) {
            if asked >= classes {
                return refused(format!("There is no class {asked}: the classes are 0 to {}.", classes - 1));
            }
        }
        match contrast {
            Some(c) if c.class == class => refused("A class cannot be told from itself: choose another one.".into()),
            Some(c) if !(0.0..=10.0).contains(&c.gamma) => refused(format!("Gamma must be 0 to 10, not {}.", c.gamma)),
            _ => Ok(Score { class, contrast }),
        }
    }

    /// The stages that a method is called for.
    fn stages_of(&self, meta: &Meta, request: &Request) -> Result<Vec<Layer>> {
        let last = self.nets.iter().map(|net| net.stages()).min().unwrap_or(0);
        if let Some(stages) = &request.stages
            && (stages.is_empty() || stages.iter().any(|s| !(1..=last).contains(s)))
        {
            return refused(format!("The stages must be one or more of 1 to {last}."));
        }
        match (meta.reads, &request.stages) {
            (Reads::Block, Some(stages)) => Ok(stages.iter().map(|&s| Layer(s)).collect()),
            (Reads::Block, None) => Ok(vec![Layer(last - 1)]),
            (Reads::Head, None) => Ok(vec![Layer(last)]),
            (Reads::Head, Some(stages)) if *stages == [last] => Ok(vec![Layer(last)]),
            (Reads::Head, Some(_)) => refused(format!("{} reads stage {last} and no other.", meta.name)),
            (Reads::Several, _) | (Reads::Image, None) => Ok(vec![Layer::INPUT]),
            (Reads::Image, Some(_)) => refused(format!("{} reads the image: it has no stages.", meta.name)),
        }
    }
}

fn refused<T>(why: String) -> Result<T> {
    Err(Error::new(Code::AskInvalid, why))
}

/// A map in 0..=1. A control is what it is: min-max would make a map of ones a blank one.
fn normalized(meta: &Meta, map: Tensor<3>) -> Tensor<3> {
    if meta.family == Family::Control { map } else { minmax(map) }
}

/// Maps, each [1, h, w], resized to the largest of them.
fn fitted(maps: Vec<Tensor<3>>) -> Vec<Tensor<3>> {
    let largest = |axis: usize| maps.iter().map(|map| map.dims()[axis]).max().unwrap_or(1);
    let size = [largest(1), largest(2)];
    maps.into_iter().map(|map| resize_map(map, size)).collect()
}
