"use strict";
const told = [];
const tell = how => told.push({
  how, title: document.title, where: get("where").textContent, tick: String(stills[now][TICK]),
  line: (document.querySelector("#source .here > span") || { textContent: "" }).textContent,
  variables: [...document.querySelectorAll("#variables td:first-child")].map(name =>
    [name.textContent, name.nextSibling.textContent]),
  output: get("output").textContent, taken: document.getElementById("taken") !== null,
});
const slide = index => {
  get("scrubber").value = index;
  get("scrubber").dispatchEvent(new Event("input"));
};
const press = key => document.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
slide(0); tell("start");
for (const share of [0.25, 0.5, 0.75]) { slide(Math.round(share * last)); tell("middle"); }
press("End"); tell("end");
press("ArrowLeft"); tell("back"); press("ArrowRight"); tell("end");
press("Home"); tell("start");
const said = document.createElement("pre");
said.id = "said";
said.textContent = JSON.stringify(told).replace(/[<>&]/g, c => "\\u00" + c.charCodeAt(0).toString(16));
document.body.append(said);
