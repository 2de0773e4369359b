#!/usr/bin/env sh
# The headline command on the embedded sample set: no data, no key, no GPU, no network.
# MODEL=medq_baseline (default; classical image measures) or MODEL=qwen2_vl (the real backend on a tiny random checkpoint).
set -eu
MODEL=${MODEL:-medq_baseline} TASKS=${TASKS:-medq_mini_perception} OUT=${OUT:-demo_run}
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
medq report "$OUT"
