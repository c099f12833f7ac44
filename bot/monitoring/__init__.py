"""What an operator sees of a running bot: logs, figures, whether it is ready. About nobody."""
