// What is meant once leaves the address: loaded again the page celebrates no more, and whoever it is
// sent to keeps a zone of their own.
(() => {
  const here = new URL(location.href);
  for (const name of ["new", "moved", "remember"]) here.searchParams.delete(name);
  if (here.href !== location.href) history.replaceState(history.state, "", here);
})();
