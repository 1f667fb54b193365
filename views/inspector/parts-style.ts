/** The part of the style sheet for what the pages consist of: tables, outcomes, facts and the form. */
export const partsStyle = `/* Tables */

table {
  width: 100%;
  border: 1px solid var(--line);
  border-collapse: separate;
  border-radius: 10px;
  border-spacing: 0;
  background: var(--surface);
}

caption {
  padding: 0 0 0.5rem;
  color: var(--muted);
  font-size: 0.95rem;
  text-align: left;
}

th,
td {
  padding: 0.55rem 0.9rem;
  border-bottom: 1px solid var(--line);
  text-align: left;
  vertical-align: top;
}

tbody tr:last-child > * {
  border-bottom: 0;
}

thead th {
  color: var(--muted);
  font-size: 0.85rem;
  font-weight: 600;
}

tbody th {
  font-weight: 600;
}

.number {
  font-variant-numeric: tabular-nums;
  text-align: right;
  white-space: nowrap;
}

.time {
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}

.submissions tbody tr {
  position: relative;
}

.submissions tbody tr:hover {
  background: var(--tint);
}

.submissions .outcome {
  min-width: 9rem;
}

/* What became of a submission */

.badge {
  display: inline-block;
  padding: 0 0.5rem;
  border-radius: 4px;
  font-size: 0.9rem;
  font-weight: 600;
}

.reason {
  color: var(--muted);
  font-size: 0.9rem;
}

.good {
  background: var(--good-tint);
  color: var(--good);
}

.open {
  background: var(--open-tint);
  color: var(--open);
}

.bad {
  background: var(--bad-tint);
  color: var(--bad);
}

.note {
  padding: 0.8rem 1rem;
  border-left: 4px solid currentcolor;
  border-radius: 4px;
}

.note + table {
  margin-top: 1.25rem;
}

.note:not(.good, .open, .bad) {
  background: var(--tint);
}

/* One submission */

.facts {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr));
  gap: 1px;
  overflow: hidden;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--surface);
}

.facts div {
  padding: 0.7rem 0.9rem;
  box-shadow: 1px 1px 0 var(--line);
}

dt {
  color: var(--muted);
  font-size: 0.85rem;
}

.stages {
  max-width: 40rem;
}

.stages th,
.stages td {
  padding-block: 0.35rem;
}

.stages th {
  white-space: nowrap;
}

.bar {
  width: 50%;
  vertical-align: middle;
}

.bar rect {
  fill: var(--accent);
}

.names {
  display: flex;
  flex-wrap: wrap;
  gap: 0.4rem;
  padding: 0;
  list-style: none;
}

.names code {
  display: inline-block;
  padding: 0.05rem 0.5rem;
  border: 1px solid var(--line);
  border-radius: 4px;
  background: var(--surface);
}

/* Actions */

.actions th:first-child {
  width: 34%;
}

.place {
  display: block;
  color: var(--muted);
  font: 400 0.85rem / 1.5 var(--mono);
}

.options div {
  display: flex;
  flex-wrap: wrap;
  gap: 0 0.6rem;
}

.options dt {
  font: 400 0.85rem / 1.75 var(--mono);
}

.pages {
  width: 28%;
}

.pages ul {
  padding: 0;
  list-style: none;
}

/* The form */

form {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: 1rem;
  justify-items: start;
  max-width: 46rem;
}

form > div {
  display: grid;
  gap: 0.35rem;
  width: 100%;
}

label {
  font-weight: 600;
}

textarea {
  width: 100%;
  padding: 0.6rem 0.7rem;
  border: 1px solid var(--border);
  border-radius: 6px;
  background: var(--surface);
  color: inherit;
  font: 0.9rem / 1.5 var(--mono);
  word-break: break-all;
}

[aria-invalid="true"] {
  border: 2px solid var(--bad);
}

button {
  min-height: 2.75rem;
  padding: 0.5rem 1.5rem;
  border: 1px solid var(--accent);
  border-radius: 6px;
  background: var(--accent);
  color: var(--on-accent);
  font: 600 1rem / 1.2 var(--sans);
  cursor: pointer;
}

button:hover {
  background: var(--accent-hover);
}

.sealform-summary {
  padding: 0.8rem 1rem;
  border: 2px solid var(--bad);
  border-radius: 6px;
}

.sealform-summary h2 {
  font-size: 1.1rem;
}

.sealform-issue {
  color: var(--bad);
  font-weight: 600;
}

.seal th:first-child {
  width: 11rem;
}

.seal td {
  font: 0.9rem / 1.6 var(--mono);
  white-space: pre-wrap;
}
`
