#!/usr/bin/env bash
#SBATCH --job-name=medq
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=8
#SBATCH --cpus-per-task=64
#SBATCH --time=08:00:00
#SBATCH --requeue
# One model replica per GPU on two nodes, one result. Submit with: sbatch examples/slurm-two-nodes.sh
# After a time limit or a requeue submit the same line again: it goes on where it stopped (docs/scale.md, Resume).
set -euo pipefail

# Folders that all nodes see. The table is prepared once, by whichever process comes first.
SHARED=${SHARED:?name a folder that all nodes see: SHARED=/shared/me sbatch ...}
export MEDQ_CACHE_DIR=${MEDQ_CACHE_DIR:-$SHARED/medq-cache}
export HF_HOME=${HF_HOME:-$SHARED/huggingface}
OUT=${OUT:-$SHARED/runs/qwen2-vl-7b}

MODEL=${MODEL:-qwen2_vl}
MODEL_ARGS=${MODEL_ARGS:-pretrained=Qwen/Qwen2-VL-7B-Instruct}
TASKS=${TASKS:-medq_bench}
PER_NODE=${PER_NODE:-${SLURM_GPUS_ON_NODE:-8}}

# Compute nodes often have no network: generate here, judge elsewhere (docs/scale.md). With a judge in reach of the
# nodes set MEDQ_JUDGE_... and JUDGE_HERE=1.
MORE=()
if [[ -z ${JUDGE_HERE:-} ]]; then MORE+=(--predict_only); fi

# Not `head -n 1`: it would end before scontrol does, which pipefail takes for a fault.
HEAD=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | sed -n 1p)
srun torchrun --nnodes "$SLURM_NNODES" --nproc_per_node "$PER_NODE" \
  --rdzv_backend c10d --rdzv_id "$SLURM_JOB_ID" --rdzv_endpoint "$HEAD:${PORT:-29400}" \
  -m lmms_eval --model "$MODEL" --model_args "$MODEL_ARGS" --tasks "$TASKS" --batch_size "${BATCH:-1}" \
  --use_cache "$SHARED/lmms-cache" --output_path "$OUT" --log_samples "${MORE[@]}"
