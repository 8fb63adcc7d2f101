"""A single-class person detector for a CPU: from pictures with boxes to ONNX."""
