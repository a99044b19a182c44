"""The year's calendar: everything that is owed over all campaigns, as pages and as iCalendar."""
