"""Binding the demo county to the application; outside demo mode it does not exist."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the command, in demo mode only."""
    if app.config["DEMO"]:
        from app.demo.cli import demo

        app.cli.add_command(demo)
