/** Of reports and comparisons: plain, on paper too. */
export const pageStyle = `
:root { --ink: #1f2328; --grey: #57606a; --paper: #fff; --line: #d0d7de; --band: #f3f5f8; --band-other: #e6ecf3;
  --good: #116329; --doubtful: #7d4e00; --bad: #a40e26; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --grey: #9ba5b0; --paper: #0d1117; --line: #30363d; --band: #161b22; --band-other: #1f2630;
    --good: #56d364; --doubtful: #e3b341; --bad: #ff8f88; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1100px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 24px; margin: 0; }
h2 { font-size: 18px; margin: 36px 0 8px; }
.numbers { color: var(--grey); margin: 4px 0 20px; }
.verdict { border: 1px solid currentcolor; border-left-width: 6px; border-radius: 6px; padding: 10px 16px; margin: 16px 0; }
.verdict h2 { margin: 0; font-size: 17px; }
.verdict ul { margin: 6px 0 2px; padding-left: 20px; color: var(--ink); overflow-wrap: anywhere; }
.good { color: var(--good); }
.doubtful { color: var(--doubtful); }
.bad { color: var(--bad); }
.faint, .note { color: var(--grey); font-weight: normal; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--grey); padding-bottom: 4px; }
th, td { text-align: left; vertical-align: top; padding: 4px 16px 4px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th[scope="row"] { font-weight: normal; color: var(--grey); width: 270px; }
th[scope="rowgroup"] { padding-top: 18px; }
thead th { border-bottom-width: 2px; }
svg { display: block; width: 100%; height: auto; margin: 8px 0; }
.chart-paper { fill: var(--paper); }
.chart-text { fill: var(--ink); }
.chart-grey { fill: var(--grey); }
.chart-band { fill: var(--band); }
.chart-band-other { fill: var(--band-other); }
.chart-axis { stroke: var(--grey); }
.chart-grid { stroke: var(--line); }
@media screen and (max-width: 800px) { .chart { overflow-x: auto; } .chart svg { width: 900px; } th[scope="row"] { width: 34%; } }
@media print {
  main { max-width: none; padding: 0; }
  body { font-size: 11px; }
  h2 { break-after: avoid; }
  tr, .verdict { break-inside: avoid; }
  svg { max-height: 95vh; break-inside: avoid; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
