for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[table.tBodies.length - 1];
  const heads = [...table.tHead.rows[0].cells];
  const worth = (row, column) => {
    const cell = row.cells[column];
    const text = "sort" in cell.dataset ? cell.dataset.sort : cell.textContent.trim();
    return { text, empty: text === "", number: Number(text) };
  };
  heads.forEach((head, column) => {
    const button = head.querySelector("button");
    if (!button) return;
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => [worth(row, column), row]);
      rows.sort(([one], [other]) => {
        if (one.empty || other.empty) return one.empty - other.empty;
        const numbers = !Number.isNaN(one.number) && !Number.isNaN(other.number);
        const order = numbers ? one.number - other.number : one.text.localeCompare(other.text, document.documentElement.lang);
        return down ? -order : order;
      });
      body.append(...rows.map(([, row]) => row));
    });
  });
}
