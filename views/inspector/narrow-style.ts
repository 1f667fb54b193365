/** The part of the style sheet for narrow windows. */
export const narrowStyle = `/* In a narrow window each row is a card. Browsers keep the roles of tables whose parts are laid out like this. */

@media (max-width: 44rem) {
  .submissions,
  .actions,
  .seal {
    display: block;
    border: 0;
    background: none;
  }

  .submissions :is(caption, tbody),
  .actions :is(caption, tbody),
  .seal :is(caption, tbody) {
    display: block;
  }

  .submissions thead,
  .actions thead,
  .seal thead {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }

  .submissions tr,
  .actions tr {
    margin-bottom: 0.6rem;
    padding: 0.7rem 0.9rem;
    border: 1px solid var(--line);
    border-radius: 10px;
    background: var(--surface);
  }

  .submissions tr {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto auto;
    gap: 0.2rem 0.75rem;
  }

  .actions tr {
    display: grid;
    gap: 0.3rem;
  }

  .submissions :is(th, td),
  .actions :is(th, td),
  .seal :is(th, td) {
    width: auto;
    min-width: 0;
    padding: 0;
    border: 0;
  }

  .actions th:first-child,
  .seal th:first-child {
    width: auto;
  }

  .pages::before {
    display: block;
    color: var(--muted);
    font-size: 0.85rem;
    content: "Printed on";
  }

  .submissions th {
    grid-column: 1;
    grid-row: 1;
  }

  .submissions .time {
    grid-column: 2 / 4;
    color: var(--muted);
    text-align: right;
  }

  .submissions .path {
    grid-column: 1 / 4;
  }

  .submissions .outcome {
    grid-column: 1;
    min-width: 0;
  }

  .seal tbody {
    padding: 0.4rem 0.9rem;
    border: 1px solid var(--line);
    border-radius: 10px;
    background: var(--surface);
  }

  .seal tr {
    display: block;
    padding: 0.4rem 0;
  }

  .seal :is(th, td) {
    display: block;
  }

  .seal th {
    color: var(--muted);
    font-size: 0.85rem;
    font-weight: 400;
  }
}
`
