# docker buildx bake -f deploy/images/bake.hcl [--push] [hub|edge]; VERSION and REGISTRY from the environment.
variable "VERSION" { default = "0.1.0" }
variable "REGISTRY" { default = "safe-passage" }

group "default" { targets = ["hub", "edge"] }

target "common" {
  context   = "."
  platforms = ["linux/amd64", "linux/arm64"]
}
target "hub" {
  inherits   = ["common"]
  dockerfile = "deploy/images/hub.Dockerfile"
  tags       = ["${REGISTRY}/hub:${VERSION}"]
}
target "edge" {
  inherits   = ["common"]
  dockerfile = "deploy/images/edge.Dockerfile"
  tags       = ["${REGISTRY}/edge:${VERSION}"]
}
