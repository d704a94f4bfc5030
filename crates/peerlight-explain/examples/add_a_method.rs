//! Defines a method of explanation in this file and explains by it: `cargo run -p peerlight-explain --example
//! add_a_method`.
//!
//! A method that should appear on the page and on the command line goes into the crate: see docs/adding-a-method.md.

use async_trait::async_trait;
use burn::tensor::{Device, Tensor, activation::relu};
use peerlight_core::Result;
use peerlight_explain::{Explainer, Explanation, Family, Meta, NumberSetting, Probe, Request, Session, Silent};
use peerlight_models::{Bundle, Layer, micro};

/// Positive contributions of the channels to the class's logit, raised to a power, so that strong channels count more.
struct Strong;

/// Exponent of a channel's contribution.
const POWER: NumberSetting =
    NumberSetting::new("power", "Power", [0.5, 2.0, 8.0], "Exponent: the higher, the more strong channels count.");

#[async_trait(?Send)]
impl Explainer for Strong {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "strong",
            name: "Strong channels",
            family: Family::Gradient,
            formula: "M = sum_k ReLU(A_k dy/dA_k)^p",
            shows: "Places where some channels strongly support the class.",
            caveat: "Evidence against the class is missing, and weak support by many channels counts little.",
            passes: 2,
            settings: const { &[POWER.setting] },
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let support = relu(probe.activation(layer) * probe.gradient(layer));
        Ok(support.powf_scalar(probe.setting(&POWER) as f32).sum_dim(1).squeeze_dim(1))
    }
}

fn main() -> Result<()> {
    for power in [1.0, 2.0, 4.0] {
        let found = pollster::block_on(explain(power))?;
        println!("power {power}: agreement {:.2} for {}", found.agreement.unwrap_or_default(), found.target.label);
    }
    Ok(())
}

async fn explain(power: f64) -> Result<Explanation> {
    let device = Device::flex();
    let session = Session::open(&Bundle::parse(&micro::bundle()?)?, &device, "CPU")?;
    let pass = session.forward_input(micro::input(&device), &Silent).await?;
    let request = Request::of("strong").with(&POWER, power);
    session.explain_by(&Strong, &pass, &request, &Silent).await
}

#[test]
fn it_runs() {
    main().unwrap();
}
