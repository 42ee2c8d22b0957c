// “2 hours ago” was written by the server; on a page left open it grows older here.
const MINUTE = 60_000;
const UNITS = [["day", 1440], ["hour", 60], ["minute", 1]];

function growOlder() {
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang);
  document.querySelectorAll("time[data-ago]").forEach((moment) => {
    const minutes = (Date.now() - Date.parse(moment.dateTime)) / MINUTE;
    const [unit, long] = UNITS.find(([, size]) => minutes >= size) || [];
    if (unit) moment.textContent = format.format(-Math.floor(minutes / long), unit);
  });
}

setInterval(() => document.hidden || growOlder(), MINUTE);
document.addEventListener("visibilitychange", () => document.hidden || growOlder());
addEventListener("pageshow", ({ persisted }) => persisted && growOlder());
