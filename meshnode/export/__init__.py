"""What leaves for other programs: views as JSON lines, and later print, CSV and calendars."""
