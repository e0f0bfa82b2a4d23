"""Ways in and out: a real Wechaty gateway, a simulated group chat, a terminal; all behind `base.Channel`."""
