"""The local platform: installs, packages, starts the emulated AWS and the sandbox, deploys, seeds. Never shipped."""
