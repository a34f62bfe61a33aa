// The same page in another language: what the address has become since the page was loaded comes along.
document.addEventListener("click", ({ target }) => {
  const link = target.closest?.("a[hreflang][href^='?']");
  if (!link) return;
  const query = new URLSearchParams(location.search);
  query.set("lang", link.hreflang);
  link.search = query;
});
