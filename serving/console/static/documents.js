// The documents of a volume as a list, and what dividing it anew makes of that list; knows no page of the console.
// A document: { type, title, number, date, author, first_page, last_page, confidence, confirmed_by }. `pages` are the
// page numbers of the volume that are not blank, in order: no document begins or ends with a blank one.

/** The place of the document that holds a page; -1 on a page of none. */
export const holding = (rows, page) => rows.findIndex((one) => one.first_page <= page && page <= one.last_page);
export const before = (pages, page) => pages.findLast((number) => number < page);
export const after = (pages, page) => pages.find((number) => number > page);

/** The rows as the API takes them. */
export const given = (rows) => rows.map(({ type, title, number, date, author, first_page, last_page, confirmed_by }) => (
  { type, title, number, date, author, first_page, last_page, confirmed: Boolean(confirmed_by) }));

/** A document of which nothing is known but its pages; of the type of `like`, where a form goes on with its like. */
export const fresh = (first_page, last_page, like = '') => (
  { type: like, title: like, number: null, date: null, author: null, first_page, last_page, confidence: 0, confirmed_by: null });

/** `later` begins within document `n` and takes its pages from there on. */
export const split = (rows, pages, n, later, by) => rows.toSpliced(n, 1,
  { ...rows[n], last_page: before(pages, later.first_page), confirmed_by: by }, { ...later, confirmed_by: by });

/** Document `n` and the one before it are one, which is what the earlier was. */
export const joined = (rows, n, by) => rows.toSpliced(n - 1, 2, { ...rows[n - 1], last_page: rows[n].last_page, confirmed_by: by });

/** Document `n` begins at page `first`, of its own or of the one before it: never at that one's own first page. */
export function bordered(rows, pages, n, first, by) {
  const least = after(pages, rows[n - 1].first_page), at = Math.max(least, Math.min(first, rows[n].last_page));
  if (at === rows[n].first_page) return rows;
  return rows.toSpliced(n - 1, 2,
    { ...rows[n - 1], last_page: before(pages, at), confirmed_by: by }, { ...rows[n], first_page: at, confirmed_by: by });
}

/** A page goes over to the neighbour `to` with all pages between them; a document that gives its last page is gone. */
export function moved(rows, pages, page, to, by) {
  const from = holding(rows, page);
  if (from < 0 || Math.abs(to - from) !== 1 || !rows[to]) return null;
  const first = to < from ? after(pages, page) ?? Infinity : page;
  if (to < from) return first > rows[from].last_page ? joined(rows, from, by) : bordered(rows, pages, from, first, by);
  if (first > rows[from].first_page) return bordered(rows, pages, to, first, by);
  return rows.toSpliced(from, 2, { ...rows[to], first_page: rows[from].first_page, confirmed_by: by });
}
