// Times that the server writes are UTC's; like those of charts they become those of the page's zone, in the form that they have.
// Why a script: times are the reader's from the first frame on, and in light frames, which have no bundle.
if (document.documentElement.dataset.zone !== "utc") {
  const forms = { 5: [11, 16], 8: [11, 19], 19: [0, 19] };
  const localise = () => {
    for (const time of document.querySelectorAll("time[data-ms]")) {
      const ms = Number(time.dataset.ms);
      const form = forms[time.textContent.length];
      if (!form || time.textContent === time.title) continue;
      const local = new Date(ms + offset(ms) * 1000).toISOString();
      time.textContent = time.title = local.slice(...form).replace("T", " ");
    }
  };
  const written = new MutationObserver(localise);
  for (const body of document.querySelectorAll(".body, .annotations, .light")) {
    written.observe(body, { childList: true, subtree: true, characterData: true });
  }
  document.documentElement.classList.add("local");
  localise();
}
