"""What people are told about an installation: loaded when somebody asks, never by the idle program."""
