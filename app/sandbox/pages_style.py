"""The stylesheet of the doubles' pages. Its colours are the product's own (design tokens), for light and dark."""

STYLE = """
:root { color-scheme: light dark;
  --bg: #F2F4F2; --surface: #FFFFFF; --sunken: #E6EAE7; --line: #C8CFCB; --edge: #6F7B75; --ink: #14201C;
  --ink2: #44504B;
  --accent: #0B5C6B; --onAccent: #FFFFFF; --accentSoft: #DCEEF1; --new: #B33A05; --newSoft: #FFE9DD;
  --newInk: #8F2D02;
  --ok: #14693A; --onOk: #FFFFFF; --okSoft: #DDF2E4; --warnSoft: #FFF0C4; --warnInk: #664400;
  --danger: #AE1F19; --onDanger: #FFFFFF; --dangerSoft: #FCE4E1; --closed: #414B57; --closedSoft: #E2E6EB;
  --sandbox: #6A2CA8; --onSandbox: #FFFFFF; }
@media (prefers-color-scheme: dark) { :root {
  --bg: #0F1513; --surface: #1A221F; --sunken: #151C19; --line: #37433E; --edge: #84928B; --ink: #EDF3F0;
  --ink2: #B6C2BC;
  --accent: #63C6D8; --onAccent: #04222A; --accentSoft: #16363D; --new: #FF9152; --newSoft: #43220F;
  --newInk: #FFB48A;
  --ok: #5CCB8A; --onOk: #04240F; --okSoft: #153524; --warnSoft: #3D3000; --warnInk: #FFD766;
  --danger: #FF8D84; --onDanger: #330502; --dangerSoft: #451A17; --closed: #AAB6C3; --closedSoft: #29323B;
  --sandbox: #C9A0FF; --onSandbox: #22083F; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink);
  font: 16px/22px "Segoe UI", system-ui, "Noto Sans", "DejaVu Sans",
  sans-serif; font-feature-settings: "tnum"; overflow-wrap: anywhere; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
header { background: var(--surface); border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap;
  gap: 8px 16px;
  align-items: center; padding: 8px 24px; min-height: 60px; }
header b { font-size: 18px; }
.badge { background: var(--sandbox); color: var(--onSandbox); border-radius: 4px; padding: 2px 8px; font-size: 14px;
  font-weight: 700; }
nav { display: flex; gap: 4px; }
nav a { padding: 8px 12px; border-radius: 6px; text-decoration: none; color: var(--ink); }
nav a:hover { background: var(--sunken); }
nav a[aria-current] { background: var(--accentSoft); color: var(--ink); font-weight: 600;
  box-shadow: inset 0 -3px var(--accent); }
.push { margin-left: auto; }
main { padding: 16px 24px 48px; max-width: 1360px; margin: 0 auto; }
h1 { font-size: 28px; line-height: 34px; margin: 8px 0 16px; display: flex; flex-wrap: wrap; gap: 8px 12px;
  align-items: center; }
h2 { font-size: 18px; line-height: 24px; margin: 0 0 12px; }
section { margin: 24px 0 0; }
main > section:first-child, main > dl:first-child { margin-top: 8px; }
p { margin: 0 0 8px; max-width: 72ch; }
small, .small { font-size: 14px; line-height: 18px; color: var(--ink2); font-weight: 400; }
code, pre, textarea { font: 14px/20px ui-monospace, Consolas, "DejaVu Sans Mono", monospace; }
.panel { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 16px; }
.panel > .lines:first-child { margin-top: 0; }
form + p { margin-top: 16px; }
.panel > p:last-child { margin-bottom: 0; }
.columns .panel + .panel, .columns .panel + .facts { margin-top: 16px; }
.new { border: 2px solid var(--new); }
.columns { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 16px; align-items: start; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 16px; align-items: start; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 1px;
  background: var(--surface);
  border: 1px solid var(--line); border-radius: 8px; overflow: hidden; margin: 0; }
.facts > div { padding: 12px 16px; box-shadow: 0 0 0 1px var(--line); min-width: 0; }
dt { font-size: 14px; line-height: 18px; color: var(--ink2); }
dd { margin: 2px 0 0; font-weight: 600; }
.row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.row.apart { justify-content: space-between; }
.row.end { align-items: end; }
.code { font-size: 22px; line-height: 28px; font-weight: 700; text-decoration: none; color: var(--ink); }
a.code:hover { text-decoration: underline; color: var(--accent); }
.tag { display: inline-block; border-radius: 4px; padding: 1px 8px; font-size: 14px; line-height: 20px;
  font-weight: 600;
  background: var(--sunken); color: var(--ink); white-space: nowrap; }
.tag.is-new { background: var(--newSoft); color: var(--newInk); }
.tag.is-step { background: var(--accentSoft); color: var(--ink); }
.tag.is-ok { background: var(--okSoft); color: var(--ok); }
.tag.is-warn { background: var(--warnSoft); color: var(--warnInk); }
.tag.is-off { background: var(--dangerSoft); color: var(--danger); }
.tag.is-closed { background: var(--closedSoft); color: var(--closed); }
.note { background: var(--warnSoft); color: var(--ink); border-radius: 4px; padding: 6px 10px; margin: 8px 0 0;
  white-space: pre-wrap; }
.panel.bad { background: var(--dangerSoft); border-color: var(--danger); }
.panel.tip { background: var(--accentSoft); border-color: var(--accent); }
/* in cells only where nothing else helps: else a narrow column is broken letter by letter */
table { border-collapse: collapse; width: 100%; overflow-wrap: break-word; }
.panel.table { padding: 0; overflow-x: auto; }
th { text-align: left; font-size: 14px; line-height: 18px; color: var(--ink2); font-weight: 400; }
th, td { padding: 8px 12px; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
tr:target td { background: var(--accentSoft); }
td.number, th.number { text-align: right; white-space: nowrap; }
.lines { margin: 12px 0 0; padding: 0; list-style: none; }
.lines li { display: grid; grid-template-columns: 34px 1fr auto; gap: 0 4px; padding: 2px 0; }
.lines small { grid-column: 2; }
.total { display: flex; justify-content: space-between; border-top: 1px solid var(--line); margin-top: 8px;
  padding-top: 8px;
  font-weight: 700; }
form { margin: 0; }
form:not(.row) > :not(input[type=hidden]) ~ * { margin-top: 16px; }
article > form, .panel > p + form { margin-top: 12px; }
button, .button { font: inherit; font-weight: 600; min-height: 40px; padding: 8px 14px; border-radius: 6px;
  cursor: pointer;
  border: 1px solid var(--edge); background: var(--surface); color: var(--ink); text-decoration: none;
  display: inline-block; }
button:hover, .button:hover { background: var(--sunken); }
button.step { background: var(--accentSoft); border-color: var(--accent); color: var(--ink); }
button.go { background: var(--accent); border-color: var(--accent); color: var(--onAccent); }
button.yes { background: var(--ok); border-color: var(--ok); color: var(--onOk); }
button.no { color: var(--danger); border-color: var(--danger); }
button.step:hover, button.go:hover, button.yes:hover { filter: brightness(0.94); }
button.little { min-height: 32px; padding: 3px 10px; font-size: 14px; }
label { display: block; }
.edit { margin-top: 12px; }
.edit .field > select { width: 100%; }
.edit + .row { margin-top: 16px; }
.facts .tag { white-space: normal; }
.edit .field { flex: 1 1 150px; min-width: 0; }
.time { white-space: nowrap; }
td code { overflow-wrap: anywhere; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(280px, 1fr)); gap: 16px; }
.fields.narrow { grid-template-columns: repeat(auto-fill, minmax(180px, 1fr)); }
.field > span { display: block; font-weight: 600; margin-bottom: 4px; }
.field > small { display: block; margin-top: 4px; }
.tick { display: grid; align-content: start; grid-template-columns: 24px 1fr; gap: 0 4px; }
.tick > small { grid-column: 2; }
.tick input { width: 18px; height: 18px; margin: 2px 0 0; accent-color: var(--accent); }
input:not([type=checkbox]), select, textarea { font: inherit; color: var(--ink); background: var(--surface);
  min-height: 40px;
  border: 1px solid var(--edge); border-radius: 6px; padding: 8px 10px; width: 100%; }
.row input, .row select { width: auto; flex: 1 1 130px; min-width: 0; }
textarea { font: 14px/20px ui-monospace, Consolas, "DejaVu Sans Mono", monospace; resize: vertical; }
.big { font: 700 28px/34px ui-monospace, Consolas, "DejaVu Sans Mono", monospace; letter-spacing: 2px; }
pre { margin: 8px 0 0; padding: 12px; background: var(--sunken); border-radius: 6px; white-space: pre-wrap; }
details > summary { cursor: pointer; font-weight: 600; }
.gone { color: var(--ink2); text-decoration: line-through; }
@media (max-width: 860px) { .columns { grid-template-columns: minmax(0, 1fr); } main, header { padding-left: 12px;
  padding-right: 12px; } }
"""
