"""The editor of a draft scheme: its tree, rules, grades, outline, layout; trying it out; issuing it."""
