// What a page tells once leaves its address: loaded again, it celebrates no more.
(() => {
  const here = new URL(location.href);
  for (const told of ["new", "moved", "gone", "added", "changed", "withdrawn"]) here.searchParams.delete(told);
  if (here.href !== location.href) history.replaceState(history.state, "", here);
})();
