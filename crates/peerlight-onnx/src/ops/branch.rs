//! Branches whose condition is known when the file is read: of `If` one graph stays. PyTorch's exporter by tracing
//! writes them where a shape decides, as for `squeeze`.

use crate::{
    error::{Fault, refuse},
    import::{Call, DEEPEST, Import, name_of},
    proto::{Attribute, Graph, Node},
};

/// What a node takes, with what the graphs of a branch take from outside.
pub fn taken<'a>(node: &Node<'a>) -> Vec<&'a str> {
    let mut names = node.inputs.clone();
    within(node, 0, &mut names);
    names
}

fn within<'a>(node: &Node<'a>, depth: usize, names: &mut Vec<&'a str>) {
    if node.op != "If" || depth > DEEPEST {
        return;
    }
    for attribute in node.attributes.values() {
        let Attribute::Graph(bytes) = attribute else { continue };
        // What cannot be read is refused when it is needed.
        let Ok(graph) = Graph::parse(bytes) else { continue };
        for node in &graph.nodes {
            names.extend(&node.inputs);
            within(node, depth + 1, names);
        }
    }
}

/// Adds what the branch computes that the condition chooses.
pub fn add<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<(), Fault> {
    let name = if call.constant(0)?.scalar()? != 0.0 { "then_branch" } else { "else_branch" };
    let Some(Attribute::Graph(bytes)) = call.node.attributes.get(name) else {
        return refuse(format!("has no {name}"));
    };
    let graph = Graph::parse(bytes)?;
    import.read_constants(&graph)?;
    import.within(|import| {
        graph.nodes.iter().try_for_each(|node| {
            let within = |fault: Fault| Fault {
                what: format!("chooses a branch whose {} node '{}' {}", node.op, name_of(node), fault.what),
                ..fault
            };
            import.add(node).map_err(within)
        })
    })?;
    for (&own, output) in call.node.outputs.iter().zip(&graph.outputs) {
        let value = import.value(output.name).cloned();
        import.define(own, value.ok_or_else(|| Fault::new("gives nothing"))?);
    }
    Ok(())
}
