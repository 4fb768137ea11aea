// The tables of checks and reasons, of which FORMAT.md §9 holds the second. Their content is put in by `page.py`.
export const CHECKS = Object.freeze("%CHECKS%");
export const REASONS = Object.freeze("%REASONS%");
