// Seconds east of UTC that the page's zone is at a moment: the reader's own, UTC, or one that board or URL name.
// Why a script: light frames need it as well.
const { zone } = document.documentElement.dataset;
const format = () => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
  } catch {
    return null; // a name that the server knows and this browser does not
  }
};
const named = ["browser", "utc"].includes(zone) ? null : format();

const ofNamed = (ms) => {
  const { value } = named.formatToParts(ms).find(({ type }) => type === "timeZoneName");
  const [, sign, hours, minutes, seconds = 0] = /GMT([+-])(\d+):(\d+):?(\d+)?/.exec(value) ?? [0, "+", 0, 0];
  return Number(`${sign}1`) * (hours * 3600 + minutes * 60 + Number(seconds));
};

globalThis.offset = (ms) => {
  if (zone === "utc") return 0;
  return named ? ofNamed(ms) : new Date(ms).getTimezoneOffset() * -60;
};
