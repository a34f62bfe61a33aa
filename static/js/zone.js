// Tells the server the browser's time zone once, and has times shown in it; changes zone on choice.
(() => {
  const COOKIE = "zone";
  const YEAR_S = 365 * 86400;

  const chosen = () => document.cookie.split("; ").some((pair) => pair.startsWith(`${COOKIE}=`));

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !chosen()) {
    document.cookie = `${COOKIE}=${zone}; path=/; max-age=${YEAR_S}; samesite=lax`;
    const here = new URL(location.href);
    const hasTimes = document.querySelector("time") !== null;
    if (chosen() && hasTimes && !here.searchParams.has(COOKIE)) location.reload();
  }

  const form = document.getElementById("zone-form");
  if (form) {
    form.querySelector("button").hidden = true;
    form.addEventListener("change", () => form.requestSubmit());
  }
})();
