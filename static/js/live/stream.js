// The one reader of the streams. It makes a message of what arrives and hands it to whoever asked for its
// name:
//
//     { name, position, id, rev, status, html, times }
//
// `html` is a fragment, and `id`, `rev` and `status` are its root's: a time's, or a day's, which has but an
// id. `times` are the elements of all times in it: they stand in no page, and belong to all readers.
// `position` is where a stream goes on from after this message.
(() => {
  const readers = new Map(Object.values(SENT).map((name) => [name, []]));

  const read = (name, html, position) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    const root = template.content.firstElementChild;
    const times = [...template.content.querySelectorAll("[data-rev]")];
    const { rev, status } = root?.dataset ?? {};
    return { name, position, id: root?.id ?? "", rev: Number(rev ?? -1), status, html, times };
  };

  const hand = (message) => {
    for (const react of readers.get(message.name) ?? []) {
      try {
        react(message);
      } catch (error) {
        reportError(error); // what one reader can't do is no other's affair
      }
    }
  };

  document.addEventListener("htmx:sse:before:message", ({ target, detail: { message } }) => {
    if (target.matches("[data-stream]")) hand(read(message.event, message.data, message.id));
  });

  window.stream = {
    // Has a function called with each message of these names, in the order in which readers asked.
    on(names, react) {
      for (const name of names) readers.get(name).push(react);
    },
    // Acts as if the server had said that the page has missed too much.
    resync() {
      hand(read(SENT.RESYNC, "", null));
    },
  };
})();
