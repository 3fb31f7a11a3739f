// Draws every [data-chart] container from the json_script block it names. Without JavaScript the table under it tells all.
(function () {
  "use strict";

  var TONES = { deep: "#123a6b", mid: "#3f7fc4", soft: "#8fb1da", pale: "#b9cde6", faint: "#d9e4f1" };
  var STEPS = ["#b9cde6", "#8fb1da", "#6398d0", "#3f7fc4", "#1a5fb4", "#123a6b"];
  var INK = "#1c2733";
  var LINE = "#d5dce4";
  var FONT = '"Microsoft YaHei","PingFang SC","Noto Sans CJK SC",sans-serif';

  function common(chart) {
    return {
      textStyle: { fontFamily: FONT, color: INK },
      animationDuration: 300,
      title: { text: chart.title, left: 0, top: 0, textStyle: { fontFamily: FONT, fontSize: 14, fontWeight: 600, color: INK } },
      aria: { enabled: true, label: { description: describe(chart) } },
      tooltip: { renderMode: "richText", confine: true, valueFormatter: function (value) { return text(value, chart.unit); } },
      toolbox: { right: 0, feature: { saveAsImage: { title: "保存为图片", name: chart.title, pixelRatio: 2, backgroundColor: "#ffffff" } } }
    };
  }

  function text(value, unit) {
    return value === null || value === undefined ? "无数据" : value + unit;
  }

  function describe(chart) {
    var parts = chart.series.map(function (series) {
      return series.name + "：" + chart.labels.map(function (label, index) {
        return label + text(series.values[index], chart.unit);
      }).join("，");
    });
    return chart.title + "。" + parts.join("；") + "。";
  }

  function bars(chart, horizontal) {
    var labels = { type: "category", data: chart.labels, inverse: horizontal, axisTick: { show: false }, axisLabel: { color: INK, interval: 0 }, axisLine: { lineStyle: { color: LINE } } };
    var values = { type: "value", name: chart.unit, min: 0, max: chart.unit === "%" ? 100 : null, minInterval: 1, axisLabel: { color: INK }, splitLine: { lineStyle: { color: LINE } } };
    var option = common(chart);
    option.legend = { top: 26, left: 0, itemWidth: 14, textStyle: { color: INK } };
    option.grid = { top: 76, left: 8, right: 40, bottom: 8, containLabel: true };
    option.tooltip.trigger = "axis";
    option.tooltip.axisPointer = { type: "shadow" };
    option.xAxis = horizontal ? values : labels;
    option.yAxis = horizontal ? labels : values;
    option.series = chart.series.map(function (series) {
      return {
        name: series.name, type: "bar", data: series.values, barMaxWidth: 36, barGap: "10%", itemStyle: { color: TONES[series.tone] },
        label: { show: true, position: horizontal ? "right" : "top", color: INK, fontSize: 11, formatter: function (point) { return point.value ? point.value + (chart.unit === "%" ? "%" : "") : ""; } }
      };
    });
    return option;
  }

  function funnel(chart) {
    var option = common(chart);
    option.tooltip.trigger = "item";
    option.series = [{
      name: chart.series[0].name, type: "funnel", sort: "none", gap: 3, top: 44, bottom: 8, left: "2%", width: "60%", minSize: "8%", labelLine: { length: 10 },
      label: { show: true, position: "rightTop", color: INK, formatter: function (point) { return point.name + " " + point.value + chart.unit; } },
      itemStyle: { borderWidth: 0 },
      data: chart.labels.map(function (label, index) {
        return { name: label, value: chart.series[0].values[index], itemStyle: { color: STEPS[index % STEPS.length] } };
      })
    }];
    return option;
  }

  var KINDS = {
    columns: function (chart) { return bars(chart, false); },
    rows: function (chart) { return bars(chart, true); },
    funnel: funnel
  };

  document.querySelectorAll("[data-chart]").forEach(function (container) {
    var chart = JSON.parse(document.getElementById(container.dataset.chart).textContent);
    container.classList.add("drawn"); // shown first: a picture drawn into what is hidden has no width
    container.setAttribute("role", "img");
    container.setAttribute("aria-label", describe(chart));
    var picture = window.echarts.init(container, null, { renderer: "canvas" });
    picture.setOption(KINDS[chart.kind](chart));
    window.addEventListener("resize", function () { picture.resize(); });
  });
})();
