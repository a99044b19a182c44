"""What conditions and ladders can be, proved by trying every case that constants tell apart."""
