"""Who is told what when something happens in the forum."""
