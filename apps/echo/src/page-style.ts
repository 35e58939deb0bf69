/** The looks of the echo server's page: light and dark, wide and narrow. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2733; --dim: #667788; --line: #d5dde5; --paper: #fbfcfd; --panel: #fff;
  --fin: #0b7285; --rsv: #868e96; --op: #c2255c; --mask: #e67700; --len: #2b8a3e; --key: #6741d9; --pay: #1864ab; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e9ef; --dim: #90a0b0; --line: #2f3b47; --paper: #12181e;
  --panel: #1a222a; --fin: #3bc9db; --rsv: #adb5bd; --op: #f783ac; --mask: #ffc078; --len: #8ce99a; --key: #b197fc; --pay: #74c0fc; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0 .75rem; color: var(--dim); }
.state { display: inline-block; padding: .1rem .6rem; border-radius: 1rem; border: 1px solid var(--line); font-size: .9rem; color: var(--ink); }
.bar { display: flex; flex-wrap: wrap; gap: .5rem; margin: .75rem 0; }
input, button { font: inherit; padding: .45rem .7rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--panel); color: var(--ink); }
input#text { flex: 1 1 14rem; min-width: 0; } input#code { width: 5.5rem; } input#reason { flex: 1 1 8rem; min-width: 0; }
button { cursor: pointer; } button:hover { border-color: var(--dim); }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; margin: .5rem 0; overflow-wrap: anywhere; }
code, .bits, .hex { font-family: ui-monospace, monospace; font-size: .85rem; }
.bits { display: flex; flex-wrap: wrap; gap: .25rem; margin: .4rem 0; }
.bits span { border: 1px solid currentColor; border-radius: .25rem; padding: 0 .35rem; }
.bits small { color: var(--dim); }
.fin { color: var(--fin); } .rsv { color: var(--rsv); } .op { color: var(--op); } .mask { color: var(--mask); }
.len { color: var(--len); } .key { color: var(--key); } .pay { color: var(--pay); }
ol#frames { list-style: none; margin: 0; padding: 0; } ol#frames li { margin: .5rem 0; }
.arrow { font-weight: 600; margin-right: .4rem; }
`;
