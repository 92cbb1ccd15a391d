renamed:
- {old: controller.apiPort, new: controller.port, goneIn: "0.3.0"}
- {old: pullPolicy, new: image.pullPolicy, goneIn: "0.3.0"}
