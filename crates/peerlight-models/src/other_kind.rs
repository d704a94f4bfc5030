//! Files that people take for networks.

/// Kinds by the bytes at a place in the file, and how to get the network out of them.
const KINDS: [(usize, &[u8], &str); 11] = [
    (0, b"\x1f\x8b", "a compressed file (gzip): unpack it first"),
    (0, b"\x28\xb5\x2f\xfd", "a compressed file (zstd): unpack it first"),
    (0, b"BZh", "a compressed file (bzip2): unpack it first"),
    (0, b"\xfd7zXZ", "a compressed file (xz): unpack it first"),
    (0, b"PK\x03\x04", "a ZIP archive: unpack it. PyTorch's weights are such files: export the network as ONNX"),
    (0, b"\x80\x02", "a pickle of Python, as old weights of PyTorch are: export the network as ONNX"),
    (0, b"\x89HDF", "an HDF5 file, as of Keras: export the network as ONNX"),
    (4, b"TFL3", "a file of TensorFlow Lite: export the network as ONNX"),
    (0, b"version https://git-lfs", "a pointer of Git LFS, without the file itself: fetch it by `git lfs pull`"),
    (0, b"<", "a web page or another text: download the file itself"),
    (0, b"{", "a JSON text: download the file itself"),
];

/// What a file is that holds no network that can be read, and what to do; nothing for one that may hold one.
pub fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    // The length of a bundle's header, which stands before it, may be any bytes.
    if bytes.get(8) == Some(&b'{') {
        return None;
    }
    KINDS.iter().find(|(place, mark, _)| bytes.get(*place..*place + mark.len()) == Some(mark)).map(|(_, _, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bundle, micro};

    #[test]
    fn what_is_no_network_is_told_by_its_kind() {
        let mut bundle = micro::bundle().unwrap();
        bundle[..2].copy_from_slice(b"\x1f\x8b");
        assert_eq!(other_kind(&bundle), None, "the length of a header");
        for (mark, word) in [(&b"\x1f\x8b\x08\0\0\0\0\0\0\x03"[..], "gzip"), (b"{\"error\": 404}", "JSON")] {
            let said = Bundle::parse(&[mark, &[7; 3000]].concat()).err().unwrap().to_string();
            assert!(said.contains(word) && !said.contains("ends too early"), "{said}");
        }
    }
}
