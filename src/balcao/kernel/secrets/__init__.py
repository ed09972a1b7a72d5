"""Where the installation's own secrets come from: this machine, AWS, Vault (OpenBao) or Azure."""
