import { narrowStyle } from './narrow-style.js'
import { partsStyle } from './parts-style.js'

/** The style sheet of the inspector. It has the colours and the type of the tour. */
export const style = `:root {
  color-scheme: light dark;
  --paper: #f6f3ed;
  --surface: #ffffff;
  --ink: #23201c;
  --muted: #5c564d;
  --line: #ddd6c9;
  --border: #857c6f;
  --accent: #0b5a62;
  --accent-hover: #084249;
  --on-accent: #ffffff;
  --tint: #e8f0ee;
  --bad: #a61b1b;
  --bad-tint: #fdf0ee;
  --good: #1d6335;
  --good-tint: #edf6ee;
  --open: #7a4a00;
  --open-tint: #fbf1dd;
  --serif: Charter, "Bitstream Charter", "Iowan Old Style", Georgia, Cambria, serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}

@media (prefers-color-scheme: dark) {
  :root {
    --paper: #171614;
    --surface: #211f1c;
    --ink: #f0ece4;
    --muted: #b5ada0;
    --line: #3a3630;
    --border: #928877;
    --accent: #7fcdd3;
    --accent-hover: #a9e0e4;
    --on-accent: #06282c;
    --tint: #22302f;
    --bad: #ff9c8f;
    --bad-tint: #35211e;
    --good: #8fd6a3;
    --good-tint: #1d2f22;
    --open: #f0c878;
    --open-tint: #332a1a;
  }
}

*,
*::before,
*::after {
  box-sizing: border-box;
}

html {
  font: 1rem / 1.5 var(--sans);
  -webkit-text-size-adjust: 100%;
  text-size-adjust: 100%;
}

body {
  display: flex;
  flex-direction: column;
  min-height: 100vh;
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  overflow-wrap: anywhere;
}

h1,
h2,
h3,
p,
ul,
dl,
dd {
  margin: 0;
}

h1,
h2 {
  font-family: var(--serif);
  font-weight: 600;
  line-height: 1.2;
}

h1 {
  font-size: clamp(1.7rem, 1.4rem + 1.5vw, 2.2rem);
  letter-spacing: -0.01em;
}

h2 {
  margin-bottom: 0.6rem;
  font-size: 1.2rem;
}

h3 {
  margin: 0.9rem 0 0.4rem;
  font-size: 0.95rem;
}

code {
  font-family: var(--mono);
  font-size: 0.9em;
}

a {
  color: var(--accent);
  text-decoration-thickness: 0.08em;
  text-underline-offset: 0.18em;
}

a:hover {
  color: var(--accent-hover);
  text-decoration-thickness: 0.14em;
}

:focus-visible,
.sealform-summary:focus,
.note:focus {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
  border-radius: 4px;
}

main:focus {
  outline: none;
}

.hidden {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.skip {
  position: absolute;
  top: -10rem;
  left: 1rem;
  padding: 0.6rem 1rem;
  background: var(--accent);
  color: var(--on-accent);
}

.skip:focus {
  top: 0.5rem;
  color: var(--on-accent);
}

header,
main,
footer {
  width: 100%;
  max-width: 70rem;
  margin: 0 auto;
  padding: 1rem 1.25rem;
}

header {
  display: flex;
  flex-wrap: wrap;
  gap: 0.4rem 2rem;
  align-items: baseline;
  justify-content: space-between;
  padding-top: 1.25rem;
}

.brand {
  font: 600 1.3rem / 1.2 var(--serif);
}

.brand span {
  color: var(--muted);
  font-weight: 400;
}

nav ul {
  display: flex;
  flex-wrap: wrap;
  gap: 0.25rem 1.25rem;
  padding: 0;
  list-style: none;
}

nav a {
  display: inline-block;
  padding: 0.35rem 0;
  border-bottom: 3px solid transparent;
  color: var(--muted);
  text-decoration: none;
}

nav a:hover {
  border-bottom-color: var(--border);
}

nav a[aria-current] {
  border-bottom-color: var(--accent);
  color: var(--ink);
  font-weight: 600;
}

main {
  display: grid;
  flex: 1;
  grid-template-columns: minmax(0, 1fr);
  gap: 1.5rem;
  align-content: start;
  padding-top: 1.5rem;
  padding-bottom: 3rem;
}

footer {
  border-top: 1px solid var(--line);
  color: var(--muted);
  font-size: 0.9rem;
}

.back + h1 {
  margin-top: -1rem;
}

.empty {
  padding: 2rem 1.5rem;
  border: 1px dashed var(--border);
  border-radius: 10px;
  color: var(--muted);
}

.hint,
.none,
.sealform-hint {
  color: var(--muted);
}

.hint {
  margin-top: 0.5rem;
  font-size: 0.9rem;
}

${partsStyle}
${narrowStyle}`
