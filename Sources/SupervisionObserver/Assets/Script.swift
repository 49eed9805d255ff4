/// What keeps a page live: it takes the events of its address and changes what has changed.
///
/// Without it every page is there as well, as it was when it was asked for.
enum Script {
  static let text = #"""
    "use strict";
    (() => {
      const live = document.getElementById("live");
      const status = document.getElementById("status");
      const notice = document.getElementById("notice");
      const address = document.body.dataset.events;
      let source = null;
      let waiting = null;
      let hide = 0;

      // Makes the old node look like the new one, and keeps what is the reader's own: what is open, what is written.
      function change(old, fresh) {
        if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
        if (old.nodeType !== Node.ELEMENT_NODE) {
          if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
          return;
        }
        for (const { name, value } of [...fresh.attributes]) {
          if (name !== "open" && !(name === "value" && old === document.activeElement) && old.getAttribute(name) !== value) {
            old.setAttribute(name, value);
          }
        }
        for (const { name } of [...old.attributes]) {
          if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
        }
        changeChildren(old, fresh);
      }

      function changeChildren(old, fresh) {
        const known = new Map();
        for (const child of old.children) if (child.id) known.set(child.id, child);
        let place = old.firstChild;
        for (const child of [...fresh.childNodes]) {
          const same = child.id ? known.get(child.id) : null;
          if (same) {
            known.delete(child.id);
            if (same !== place) old.insertBefore(same, place); else place = place.nextSibling;
            change(same, child);
          } else if (place && !place.id && !child.id && place.nodeName === child.nodeName) {
            const next = place.nextSibling;
            change(place, child);
            place = next;
          } else {
            old.insertBefore(child, place);
          }
        }
        while (place) {
          const next = place.nextSibling;
          place.remove();
          place = next;
        }
      }

      function show(state, text) {
        status.dataset.state = state;
        if (status.textContent !== text) status.textContent = text;
      }

      // Once a frame: of several that have come meanwhile the last one counts.
      function draw() {
        const fresh = document.createElement("div");
        fresh.innerHTML = waiting;
        waiting = null;
        changeChildren(live, fresh);
        live.dataset.views = Number(live.dataset.views || 0) + 1;
      }

      function open() {
        if (source || !address || document.hidden) return;
        source = new EventSource(address);
        source.addEventListener("open", () => show("live", "live"));
        source.addEventListener("view", (event) => {
          if (waiting === null) requestAnimationFrame(draw);
          waiting = event.data;
        });
        source.addEventListener("error", () => show("lost", "connection lost"));
      }

      function close() {
        if (source) source.close();
        source = null;
        show("still", "paused");
      }

      function tell(text) {
        notice.textContent = text;
        notice.hidden = false;
        clearTimeout(hide);
        hide = setTimeout(() => { notice.hidden = true; }, 4000);
      }

      // A page that nobody sees is not kept up to date.
      document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else open(); });
      addEventListener("pagehide", close);
      addEventListener("pageshow", open);

      const form = document.getElementById("act");
      if (form) form.addEventListener("submit", async (event) => {
        const button = event.submitter;
        if (!button) return;
        event.preventDefault();
        const body = new URLSearchParams(new FormData(form));
        body.append(button.name, button.value);
        button.disabled = true;
        try {
          const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } });
          const result = await answer.json();
          tell(result.done || result.error);
        } catch {
          tell("The observer does not answer.");
        }
        button.disabled = false;
      });
      // What is in a summary opens nothing.
      document.addEventListener("click", (event) => {
        const button = event.target.closest("summary button");
        if (!button) return;
        event.preventDefault();
        form.requestSubmit(button);
      });
      open();
    })();
    """#
}
