#!/usr/bin/env sh
# The whole pipeline on the embedded sample set, down to the page: no data, no key, no GPU, no network.
# MODEL=medq_baseline (default; classical image measures) or MODEL=qwen2_vl (the real backend on a tiny random checkpoint).
set -eu
MODEL=${MODEL:-medq_baseline} TASKS=${TASKS:-medq_mini} OUT=${OUT:-demo_run}
# Under the demo's own judge, a script of this package, and without any judge, key or prompts that you have set.
[ "${DEMO_JUDGE:-}" = scripted ] || exec python -m medq_tasks.demo.scripted_judge env DEMO_JUDGE=scripted "$0"
export HF_HUB_OFFLINE=1

args=""
if [ "$MODEL" = qwen2_vl ]; then
    echo "Building a tiny Qwen2-VL with random weights: its answers are chance, the path is the real one."
    python -m medq_tasks.fidelity.tiny "$OUT/tiny-qwen2-vl"
    args="--model_args pretrained=$OUT/tiny-qwen2-vl,device=cpu,device_map=cpu --gen_kwargs max_new_tokens=8"
fi

set -x
# shellcheck disable=SC2086
lmms-eval --tasks "$TASKS" --model "$MODEL" $args --batch_size 1 --output_path "$OUT" --log_samples --verbosity WARNING
medq report "$OUT" -o "$OUT/report.html"
{ set +x; } 2>/dev/null

echo
echo "The judge of this demo is a script, not a model: the scores of the four axes mean nothing."
echo "The page, to open in a browser: $(cd "$OUT" && pwd)/report.html"
echo "Next, a model of yours on the real benchmark:"
echo "  $(command -v lmms-eval) --tasks medq_perception --model qwen2_vl --output_path runs/qwen2-vl --log_samples"
